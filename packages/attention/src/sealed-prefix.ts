import { UnsupportedError } from "@trivium/core";
import type { Mask } from "@trivium/masks";
import { assertMaskFits } from "./attention-shape.ts";

/** A pair of positions that a mask shows. */
export interface VisiblePair {
  readonly query: number;
  readonly key: number;
}

/** One row of a mask, the positions that are stored, and the positions that follow them. */
export interface Continuation {
  readonly row: number;
  /** Positions `0 … stored − 1`. */
  readonly stored: number;
  /** Positions `stored … stored + added − 1`. */
  readonly added: number;
}

/**
 * The first pair of a stored position and a new position that it should have seen, or null. Keys and values of stored
 * positions stay right only where there is none.
 *
 * @example brokenSeal(or(prefix({ lengths: 5 }), causal()), { row: 0, stored: 3, added: 2 }) // => { query: 0, key: 3 }
 */
export function brokenSeal(mask: Mask, { row, stored, added }: Continuation): VisiblePair | null {
  if (stored === 0 || added === 0) return null;
  const [queries, keys] = [
    { start: 0, end: stored },
    { start: stored, end: stored + added },
  ];
  for (let head = 0; head < (mask.heads ?? 1); head++) {
    if (mask.classify(row, head, queries, keys) === "none") continue;
    for (let query = queries.start; query < queries.end; query++) {
      for (let key = keys.start; key < keys.end; key++) if (mask.visible(row, head, query, key)) return { query, key };
    }
  }
  return null;
}

/**
 * Refuses new positions that a stored one should have seen. In a bidirectional prefix every position depends on every
 * other, so its keys and values are right only if all were there at once: the prefix is sealed. It may be read, shared
 * and continued causally, and nothing can join it.
 *
 * ```
 * or(prefix(3), causal())          or(prefix(5), causal())
 * ███··   sealed                   █████   sealed position 0
 * ███··                            █████   would see the new 3:
 * ███··                            █████   refused
 * ████·   goes on: no row above    █████
 * █████   sees the new columns     █████
 * ```
 * @param mask - over the positions of whole rows.
 * @param lengths - stored positions of each row, `[B]`.
 * @param counts - positions that follow, `[B]`.
 * @throws {UnsupportedError} `attention/sealed-prefix` if a stored position should have seen a new one.
 * @throws {ShapeError} `attention/mask-rows`
 * @source why: PaliGemma's generated tokens joined its prefix, https://github.com/huggingface/transformers/issues/31425
 * @example assertSealed(causal(), [3], [1]) // => undefined
 */
export function assertSealed(mask: Mask, lengths: ArrayLike<number>, counts: ArrayLike<number>): void {
  assertMaskFits(mask, { B: lengths.length, H: mask.heads ?? 1 });
  for (let row = 0; row < lengths.length; row++) {
    const continuation = { row, stored: lengths[row] as number, added: counts[row] as number };
    const pair = brokenSeal(mask, continuation);
    if (pair === null) continue;
    throw new UnsupportedError(
      "attention/sealed-prefix",
      `row ${row}: the mask shows position ${pair.query}, which is stored, the new position ${pair.key}; its keys and ` +
        `values were computed without it. Continue with a mask whose prefix ends at ${continuation.stored}, or run the ` +
        "longer prefix whole",
      { details: { ...continuation, ...pair } },
    );
  }
}
