import type { Mask, MaskExtent, MaskSize } from "../mask.ts";
import { intervalFiller } from "./interval-filler.ts";
import { extentOf } from "./mask-size.ts";

/** Each query's visible keys as one interval `start ≤ k < end`; an empty one is `0, 0`. O(n) memory. */
export interface Intervals {
  readonly start: Int32Array;
  readonly end: Int32Array;
  /** `[B or 1, H or 1, Q]`, row-major. */
  readonly shape: readonly [rows: number, heads: number, queries: number];
}

/**
 * The mask as one interval of keys for each query, or the reason why it has none.
 *
 * @throws {ConfigError} `masks/size` if a size is not an integer ≥ 0.
 * @throws {ShapeError} `masks/rows` or `masks/heads` if the mask has another number of them.
 * @source a prefix-LM needs one interval for each query, never a dense mask: vllm#46558
 * @example toIntervals(window({ left: 1 }), { queries: 3, keys: 3 })
 *   // => { intervals: { start: Int32Array(3) [0, 0, 1], end: Int32Array(3) [1, 2, 3], shape: [1, 1, 3] } }
 */
export function toIntervals(mask: Mask, size: MaskSize): { intervals: Intervals } | { reason: string } {
  const extent = extentOf(mask, size);
  const { rows, heads, queries } = extent;
  const start = new Int32Array(rows * heads * queries);
  const end = new Int32Array(rows * heads * queries);
  const fill = intervalFiller(mask, extent);
  for (let matrix = 0; matrix < rows * heads; matrix++) {
    const own = [matrix * queries, (matrix + 1) * queries] as const;
    const broken = fill(Math.floor(matrix / heads), matrix % heads, start.subarray(...own), end.subarray(...own));
    if (broken !== null) return { reason: explain(mask, matrix, broken, extent) };
  }
  return { intervals: { start, end, shape: [rows, heads, queries] } };
}

function explain(mask: Mask, matrix: number, q: number, { rows, heads, keys }: MaskExtent): string {
  const [b, h] = [Math.floor(matrix / heads), matrix % heads];
  const sees = (k: number) => mask.visible(b, h, q, k);
  let first = 0;
  while (!sees(first)) first++;
  let gap = first;
  while (sees(gap)) gap++;
  let next = gap;
  while (next < keys && !sees(next)) next++;
  const where = `${rows > 1 ? ` of row ${b}` : ""}${heads > 1 ? ` in head ${h}` : ""}`;
  return `query ${q}${where} sees keys ${first} to ${gap - 1} and key ${next}, but not ${gap}: its keys are not one interval`;
}
