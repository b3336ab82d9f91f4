import { dotRow } from "../rows/softmax";

/** Bytes of a row of the table: address, first block, length. */
const ROW: usize = 12;

/**
 * `sums[b] = Σ x²` over block `b`, of `count` (at least 1) tensors in blocks as `adamW` has them. Range: blocks.
 *
 * @param table - for each tensor three words: its address, its first block, its length.
 */
export function squaredNorms(table: usize, count: u32, block: u32, sums: usize, start: u32, end: u32): void {
  const last = table + ROW * ((count - 1) as usize);
  for (let row = table; start < end; start++) {
    while (row < last && load<u32>(row + ROW, 4) <= start) row += ROW;
    const from = (start - load<u32>(row, 4)) * block;
    const x = load<u32>(row) + 4 * from;
    store<f32>(sums + 4 * start, dotRow(x, x, min(block, load<u32>(row, 8) - from)));
  }
}
