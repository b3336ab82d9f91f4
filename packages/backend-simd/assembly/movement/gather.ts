import { copyWords } from "../lanes";

/**
 * `y[r] = table[indices[r]]`: rows of `columns` 4-byte elements of a table of `tableRows` rows. Range: rows.
 *
 * @returns the first position in the range whose index lies outside the table (its row is left unwritten), else −1.
 */
export function gatherRows(
  table: usize, indices: usize, y: usize, tableRows: u32, columns: u32, start: u32, end: u32,
): i32 {
  let bad: i32 = -1;
  for (; start < end; start++) {
    const index = load<u32>(indices + 4 * start);
    if (index < tableRows) copyWords(table + 4 * index * columns, y + 4 * start * columns, columns);
    else if (bad < 0) bad = start;
  }
  return bad;
}

/** `y += x` over a row. */
@inline
function addRow(x: usize, y: usize, count: u32): void {
  const end = y + 4 * (count as usize);
  for (; y + 16 <= end; x += 16, y += 16) v128.store(y, f32x4.add(v128.load(y), v128.load(x)));
  for (; y < end; x += 4, y += 4) store<f32>(y, load<f32>(y) + load<f32>(x));
}

/**
 * `y[s] = Σ x[r] over rows with segments[r] = s`, `x [rows, columns]`, int32 segments `[rows]`, `y [S, columns]`;
 * a segment without rows is 0, rows of other segments are skipped. Range: segments.
 */
export function segmentSum(
  x: usize, segments: usize, y: usize, rows: u32, columns: u32, start: u32, end: u32,
): void {
  if (start >= end) return;
  memory.fill(y + 4 * start * columns, 0, 4 * (end - start) * columns);
  for (let r: u32 = 0; r < rows; r++) {
    const segment = load<u32>(segments + 4 * r);
    if (segment - start < end - start) addRow(x + 4 * r * columns, y + 4 * segment * columns, columns);
  }
}
