import { type PackedParts, packedParts } from "../algebra/packed.ts";
import type { Mask, MaskSize } from "../mask.ts";
import { type Extent, extentOf } from "./mask-size.ts";
import { forEachVisibleRectangle } from "./visible-rectangles.ts";

/** Each query's visible keys as one interval `start ≤ k < end`; an empty one is `0, 0`. O(n) memory. */
export interface Intervals {
  readonly start: Int32Array;
  readonly end: Int32Array;
  /** `[B or 1, H or 1, Q]`, row-major. */
  readonly shape: readonly [rows: number, heads: number, queries: number];
}

/**
 * The mask as one interval of keys for each query, or the reason why it is none.
 *
 * @throws {ConfigError} `masks/size` if a size is not an integer ≥ 0.
 * @throws {ShapeError} `masks/rows` or `masks/heads` if the mask has another number of them.
 * @source a prefix-LM needs one interval for each query, never a dense mask: vllm#46558
 * @example toIntervals(window({ left: 1 }), { queries: 3, keys: 3 }) // => { intervals: start [0, 0, 1], end [1, 2, 3] }
 */
export function toIntervals(mask: Mask, size: MaskSize): { intervals: Intervals } | { reason: string } {
  const extent = extentOf(mask, size);
  const { rows, heads, queries } = extent;
  const start = new Int32Array(rows * heads * queries);
  const end = new Int32Array(rows * heads * queries);
  const fill = fillerOf(mask, extent);
  for (let matrix = 0; matrix < rows * heads; matrix++) {
    const own = [matrix * queries, (matrix + 1) * queries] as const;
    const broken = fill(matrix, start.subarray(...own), end.subarray(...own));
    if (broken !== null) return { reason: explain(mask, matrix, broken, extent) };
  }
  return { intervals: { start, end, shape: [rows, heads, queries] } };
}

/** Fills the hull of each query's keys; returns a query whose keys leave a gap in it, or null. */
type Filler = (matrix: number, start: Int32Array, end: Int32Array) => number | null;

function fillerOf(mask: Mask, extent: Extent): Filler {
  const parts = packedParts(mask);
  const fits = (b: number) =>
    parts?.documentsOf(b).every(({ queries, keys }) => queries.end <= extent.queries && keys.end <= extent.keys);
  if (parts && Array.from({ length: extent.rows }, (_, b) => b).every(fits)) return packedFiller(parts, extent);
  return (matrix, start, end) => fillIntervals(mask, matrix, extent, start, end);
}

interface Lowered {
  readonly broken: number | null;
  readonly start: Int32Array;
  readonly end: Int32Array;
}

/** Each document for itself, and documents of one size once where the inner mask is the same for all. */
function packedFiller({ inner, documentsOf, innerRow }: PackedParts, { heads }: Extent): Filler {
  const known = new Map<string, Lowered>();
  const lowered = (row: number, head: number, queries: number, keys: number): Lowered => {
    const key = `${inner.rows === null ? 0 : row} ${inner.heads === null ? 0 : head} ${queries} ${keys}`;
    const found = known.get(key);
    if (found) return found;
    const [start, end] = [new Int32Array(queries), new Int32Array(queries)];
    const extent = { rows: inner.rows ?? 1, heads: inner.heads ?? 1, queries, keys };
    const matrix = inner.rows === null ? head : row * extent.heads + head;
    const made = { start, end, broken: fillIntervals(inner, matrix, extent, start, end) };
    known.set(key, made);
    return made;
  };
  return (matrix, start, end) => {
    const [b, head] = [Math.floor(matrix / heads), matrix % heads];
    for (const document of documentsOf(b)) {
      const { queries, keys } = document;
      const own = lowered(innerRow(b, document), head, queries.end - queries.start, keys.end - keys.start);
      if (own.broken !== null) return queries.start + own.broken;
      for (let index = 0; index < own.start.length; index++) {
        if (own.start[index] === own.end[index]) continue;
        start[queries.start + index] = (own.start[index] as number) + keys.start;
        end[queries.start + index] = (own.end[index] as number) + keys.start;
      }
    }
    return null;
  };
}

function fillIntervals(
  mask: Mask,
  matrix: number,
  { heads, queries, keys }: Extent,
  start: Int32Array,
  end: Int32Array,
): number | null {
  const visibleKeys = new Int32Array(queries);
  start.fill(keys);
  const block = { queries: { start: 0, end: queries }, keys: { start: 0, end: keys } };
  forEachVisibleRectangle(mask, Math.floor(matrix / heads), matrix % heads, block, (q, k) => {
    for (let query = q.start; query < q.end; query++) {
      start[query] = Math.min(start[query] as number, k.start);
      end[query] = Math.max(end[query] as number, k.end);
      visibleKeys[query] = (visibleKeys[query] as number) + k.end - k.start;
    }
  });
  for (let query = 0; query < queries; query++) {
    if (visibleKeys[query] === 0) start[query] = 0;
    if (visibleKeys[query] !== (end[query] as number) - (start[query] as number)) return query;
  }
  return null;
}

function explain(mask: Mask, matrix: number, q: number, { rows, heads, keys }: Extent): string {
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
