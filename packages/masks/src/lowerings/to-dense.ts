import type { Mask, MaskExtent, MaskSize } from "../mask.ts";
import { extentOf } from "./mask-size.ts";
import { forEachVisibleRectangle } from "./visible-rectangles.ts";

declare const polarity: unique symbol;

/**
 * A mask as bytes, 1 = visible. The type is branded, since libraries disagree on what 1 means: only `toDense` and
 * `readDense` make one.
 */
export interface DenseMask {
  readonly [polarity]: "1 is visible";
  /** Row-major, 1 = visible, 0 = hidden. */
  readonly values: Uint8Array;
  /** `[B or 1, H or 1, Q, K]`; 1 where the mask is the same for every row or head. */
  readonly shape: readonly [rows: number, heads: number, queries: number, keys: number];
}

/**
 * The mask as a dense array of bytes.
 *
 * @param size.rows - what it will be used for; checked against the mask, which is never spread from row 0.
 * @returns values of shape `[mask.rows ?? 1, mask.heads ?? 1, Q, K]`.
 * @throws {ConfigError} `masks/size` if a size is not an integer ≥ 0.
 * @throws {ShapeError} `masks/rows` or `masks/heads` if the mask has another number of them.
 * @example [...toDense(causal(), { queries: 2, keys: 2 }).values] // => [1, 0, 1, 1]
 */
export function toDense(mask: Mask, size: MaskSize): DenseMask {
  const extent = extentOf(mask, size);
  const { rows, heads, queries, keys } = extent;
  const values = new Uint8Array(rows * heads * queries * keys);
  for (let b = 0; b < rows; b++) for (let h = 0; h < heads; h++) fillMatrix(mask, b, h, extent, values);
  return { values, shape: [rows, heads, queries, keys] } as unknown as DenseMask;
}

function fillMatrix(mask: Mask, b: number, h: number, { heads, queries, keys }: MaskExtent, values: Uint8Array): void {
  const base = (b * heads + h) * queries * keys;
  const block = { queries: { start: 0, end: queries }, keys: { start: 0, end: keys } };
  forEachVisibleRectangle(mask, b, h, block, (q, k) => {
    for (let query = q.start; query < q.end; query++) {
      values.fill(1, base + query * keys + k.start, base + query * keys + k.end);
    }
  });
}
