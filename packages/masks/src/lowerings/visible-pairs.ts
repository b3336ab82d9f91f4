import { assertInteger } from "../assert-integer.ts";
import type { Mask, MaskSize } from "../mask.ts";
import { extentOf } from "./mask-size.ts";
import { forEachVisibleRectangle } from "./visible-rectangles.ts";

/**
 * The number of visible pairs (query, key) in each batch row, over all heads. Exact.
 *
 * @param size.rows - rows that the mask is used for: one that is the same for all counts in each.
 * @throws {ConfigError} `masks/size` if a size is not an integer ≥ 0.
 * @throws {ShapeError} `masks/rows` or `masks/heads` if the mask has another number of them.
 * @example visiblePairsByRow(or(prefix({ lengths: [1, 3] }), causal()), { queries: 3, keys: 3 }) // => [6, 9]
 */
export function visiblePairsByRow(mask: Mask, size: MaskSize): number[] {
  const { rows, heads, queries, keys } = extentOf(mask, size);
  const block = { queries: { start: 0, end: queries }, keys: { start: 0, end: keys } };
  const counts = Array.from({ length: rows }, (_, b) => {
    let pairs = 0;
    for (let h = 0; h < heads; h++) {
      forEachVisibleRectangle(mask, b, h, block, (q, k) => {
        pairs += (q.end - q.start) * (k.end - k.start);
      });
    }
    return mask.heads === null ? pairs * (size.heads ?? 1) : pairs;
  });
  return mask.rows === null ? Array.from({ length: size.rows ?? 1 }, () => counts[0] as number) : counts;
}

/**
 * The number of visible pairs (query, key) over all rows and heads. Exact.
 *
 * With m source and t target positions: causal (m+t)(m+t+1)/2; prefix that plus m(m−1)/2; an encoder–decoder's three
 * masks together m² + mt + t(t+1)/2, the same as prefix.
 *
 * @throws the errors of {@link visiblePairsByRow}.
 * @example visiblePairs(causal(), { queries: 4, keys: 4 }) // => 10
 */
export function visiblePairs(mask: Mask, size: MaskSize): number {
  return visiblePairsByRow(mask, size).reduce((sum, pairs) => sum + pairs, 0);
}

/**
 * Visible pairs divided by all pairs; 0 for an empty matrix.
 *
 * @throws the errors of {@link visiblePairsByRow}.
 * @example density(causal(), { queries: 4, keys: 4 }) // => 0.625
 */
export function density(mask: Mask, size: MaskSize): number {
  const all = (mask.rows ?? size.rows ?? 1) * (mask.heads ?? size.heads ?? 1) * size.queries * size.keys;
  return all === 0 ? 0 : visiblePairs(mask, size) / all;
}

/**
 * Forward floating-point operations of the two attention products over visible pairs alone: `4·D` for each pair
 * (2·D for `q·k`, 2·D for `weight·v`). A kernel that skips nothing spends what `full()` spends.
 *
 * @param options.headWidth - D.
 * @throws {ConfigError} `masks/size` if a size is not an integer ≥ 0, `masks/head-width` if the width is below 1.
 * @example attentionFlops(causal(), { queries: 4, keys: 4, heads: 2, headWidth: 8 }) // => 640
 */
export function attentionFlops(mask: Mask, options: MaskSize & { readonly headWidth: number }): number {
  assertInteger("masks/head-width", "headWidth", options.headWidth, 1);
  return 4 * options.headWidth * visiblePairs(mask, options);
}
