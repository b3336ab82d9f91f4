import type { Mask, Range } from "../mask.ts";

/** Blocks of this many pairs or fewer are looked at pair by pair. */
const leafPairs = 256;

export interface Block {
  readonly queries: Range;
  readonly keys: Range;
}

/**
 * Calls `visit` with disjoint rectangles that together hold exactly the visible pairs of a block, in no particular
 * order. Splits the block wherever `classify` cannot decide, so the time is that of the mask's edges, not its area.
 */
export function forEachVisibleRectangle(
  mask: Mask,
  b: number,
  h: number,
  block: Block,
  visit: (queries: Range, keys: Range) => void,
): void {
  const { queries, keys } = block;
  const height = queries.end - queries.start;
  const width = keys.end - keys.start;
  if (height <= 0 || width <= 0) return;
  const verdict = mask.classify(b, h, queries, keys);
  if (verdict === "none") return;
  if (verdict === "all") {
    visit(queries, keys);
    return;
  }
  if (height * width <= leafPairs) {
    for (let q = queries.start; q < queries.end; q++) forEachVisibleRun(mask, b, h, q, keys, visit);
    return;
  }
  const parts =
    height >= width
      ? halves(queries).map((part) => ({ queries: part, keys }))
      : halves(keys).map((part) => ({ queries, keys: part }));
  for (const part of parts) forEachVisibleRectangle(mask, b, h, part, visit);
}

function forEachVisibleRun(
  mask: Mask,
  b: number,
  h: number,
  q: number,
  keys: Range,
  visit: (queries: Range, keys: Range) => void,
): void {
  const row = { start: q, end: q + 1 };
  let start = -1;
  for (let k = keys.start; k < keys.end; k++) {
    const visible = mask.visible(b, h, q, k);
    if (visible && start < 0) start = k;
    if (!visible && start >= 0) {
      visit(row, { start, end: k });
      start = -1;
    }
  }
  if (start >= 0) visit(row, { start, end: keys.end });
}

function halves({ start, end }: Range): [Range, Range] {
  const middle = start + Math.ceil((end - start) / 2);
  return [
    { start, end: middle },
    { start: middle, end },
  ];
}
