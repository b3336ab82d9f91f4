import { hashWords } from "@trivium/core";
import type { Mask, MaskSpec } from "./mask.ts";

/**
 * Returns whether two masks are written alike, up to the order, nesting and repetition of `and` and `or`, and double
 * `not`.
 *
 * True means that the masks show the same pairs, since name, options and children are the identity of a mask; false
 * does not mean that they differ.
 *
 * @example sameMask(or(causal(), full()), or(full(), causal())) // => true
 */
export function sameMask(a: Mask, b: Mask): boolean {
  return a === b || maskKey(a) === maskKey(b);
}

/**
 * A string that is equal for masks that `sameMask` calls the same: a key for caches of plans and lowerings.
 *
 * @example maskKey(causal()) // => '{"type":"causal"}'
 */
export function maskKey(mask: Mask): string {
  return canonical(simplify(mask.spec));
}

/**
 * 128 bits of `maskKey`, as 32 hexadecimal digits, for reports and file names.
 *
 * @example hashMask(causal()).length // => 32
 */
export function hashMask(mask: Mask): string {
  const words = hashWords(maskKey(mask));
  return words.map((word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
}

function simplify(spec: MaskSpec): MaskSpec {
  const { type } = spec;
  const children = (spec.children ?? []).map(simplify);
  const [first] = children;
  if (first === undefined) return spec;
  if (type === "not" && first.type === "not") return first.children?.[0] as MaskSpec;
  if (type !== "and" && type !== "or") return { ...spec, children };
  const operands = children.flatMap((one) => (one.type === type ? (one.children ?? []) : [one]));
  const byKey = new Map(operands.map((one) => [canonical(one), one]));
  const sorted = [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
  return sorted.length === 1 ? (sorted[0] as MaskSpec) : { type, children: sorted };
}

/** JSON with the keys of every object in order. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
