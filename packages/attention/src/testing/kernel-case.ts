import { createRandom } from "@trivium/core";
import {
  and,
  causal,
  custom,
  documents,
  full,
  type Mask,
  not,
  or,
  packed,
  padding,
  positioned,
  prefix,
  window,
} from "@trivium/masks";
import type { AttentionDropout } from "../attention-kernel.ts";
import type { AttentionShape } from "../attention-shape.ts";

export const maskKinds = [
  "full",
  "causal",
  "causal, bottom right",
  "prefix",
  "window",
  "padding",
  "documents",
  "not",
  "packed prefix",
  "left-padded",
  "a row and head for itself",
  "some empty rows",
  "nothing",
] as const;

export const biasKinds = [
  "none",
  "dense",
  "dense, shared",
  "relative, causal",
  "relative, both ways",
  "alibi",
] as const;

/** Everything that a request is made from. */
export interface KernelCase {
  readonly shape: AttentionShape;
  readonly mask: (typeof maskKinds)[number];
  readonly bias: (typeof biasKinds)[number];
  readonly scale?: number;
  readonly softCap?: number;
  readonly dropout?: AttentionDropout;
  readonly seed: number;
}

/** The mask of a case: every kind there is, with different rows where the kind has rows. */
export function maskOf({ mask, shape: { B, H, Q, K }, seed }: KernelCase): Mask {
  const random = createRandom(seed).split("mask");
  const lengths = (most: number): number[] => Array.from({ length: B }, () => random.integer(most + 1));
  const steps = (length: number): number[] => Array.from({ length }, (_, at) => Math.floor((at * 3) / length));
  const leftPadded = (length: number): number[] => {
    const pads = random.integer(length);
    return Array.from({ length }, (_, at) => (at < pads ? -1 : at - pads));
  };
  const makers: Readonly<Record<KernelCase["mask"], () => Mask>> = {
    full: () => full(),
    causal: () => causal(),
    "causal, bottom right": () => causal({ offset: K - Q }),
    prefix: () => or(prefix({ lengths: lengths(K) }), causal()),
    window: () => and(causal(), window({ left: 2, right: 0 })),
    padding: () => padding({ lengths: lengths(K) }),
    documents: () => and(causal(), documents({ ids: steps(Q), keyIds: steps(K) })),
    not: () => not(or(causal(), prefix({ lengths: lengths(2) }))),
    "packed prefix": () =>
      packed(
        or(prefix({ lengths: 1 }), causal()),
        Array.from({ length: B }, () => steps(Q)),
      ),
    "left-padded": () => {
      const rows = Array.from({ length: B }, () => leftPadded(Math.max(Q, K)));
      return positioned(or(prefix({ lengths: lengths(K) }), causal()), {
        queries: rows.map((row) => row.slice(0, Q)),
        keys: rows.map((row) => row.slice(0, K)),
      });
    },
    "a row and head for itself": () =>
      custom("conformance", (b, h, q, k) => (b + 2 * h + q + k) % 3 !== 0, { rows: B, heads: H }),
    "some empty rows": () => custom("conformance-gaps", (_b, _h, q, k) => q % 2 === 1 && (q + k) % 2 === 0),
    nothing: () => not(full()),
  };
  return makers[mask]();
}

const sizes = [1, 2, 3, 5, 7, 11, 13, 16, 17, 31];

/** `count` cases, the same for the same seed: mixed shapes (1, primes, powers of two), masks, biases, groups, dropout. */
export function randomCases(count: number, seed: number): KernelCase[] {
  return Array.from({ length: count }, (_, index) => {
    const random = createRandom(seed).split(index);
    const pick = <T>(items: readonly T[]): T => items[random.integer(items.length)] as T;
    const G = pick([1, 2, 3]);
    const Q = pick(sizes);
    const mask = pick(maskKinds);
    // Packing speaks of one stream, so its queries are its keys.
    const K = mask === "packed prefix" ? Q : pick([Q, pick(sizes)]);
    return {
      shape: { B: pick([1, 2, 3]), H: G * pick([1, 2, 3]), G, Q, K, D: pick([1, 2, 4, 7]) },
      mask,
      bias: pick(biasKinds),
      ...pick([{}, { scale: 1 }, { scale: 0.3 }]),
      ...pick([{}, {}, { dropout: { rate: 0.3, seed: random.integer(2 ** 31) } }]),
      seed: random.integer(2 ** 31),
    };
  });
}

/** One line for a test's name or a failure's message. */
export function describeCase({ shape, mask, bias, scale, softCap, dropout, seed }: KernelCase): string {
  const sizes = Object.entries(shape).map(([axis, size]) => `${axis}=${size}`);
  const numbers = `scale ${scale ?? "1/√D"}, soft cap ${softCap ?? "none"}, dropout ${dropout?.rate ?? 0}, seed ${seed}`;
  return `${sizes.join(" ")}, mask ${mask}, bias ${bias}, ${numbers}`;
}
