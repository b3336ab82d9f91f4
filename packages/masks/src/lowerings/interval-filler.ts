import type { IntervalFiller, Mask, MaskExtent } from "../mask.ts";
import { forEachVisibleRectangle } from "./visible-rectangles.ts";

/** The mask's own way to its intervals, or that over its visible rectangles. */
export function intervalFiller(mask: Mask, extent: MaskExtent): IntervalFiller {
  return mask.intervals?.(extent) ?? ((b, h, start, end) => fillIntervals(mask, [b, h], extent, { start, end }));
}

function fillIntervals(
  mask: Mask,
  [b, h]: readonly [number, number],
  { queries, keys }: MaskExtent,
  { start, end }: { readonly start: Int32Array; readonly end: Int32Array },
): number | null {
  const visibleKeys = new Int32Array(queries);
  start.fill(keys);
  const block = { queries: { start: 0, end: queries }, keys: { start: 0, end: keys } };
  forEachVisibleRectangle(mask, b, h, block, (q, k) => {
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
