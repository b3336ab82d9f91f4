import { loadPart, minLanes, storePart, sumLanes } from "../lanes";
import { greatestOf, rowGreatest } from "./softmax";

/** Sums are taken in blocks of these sizes and the blocks added up, which keeps the rounding of long sums small. */
const ROW_BLOCK: u32 = 1024;
const COLUMN_BLOCK: u32 = 64;

/** The sum of `count` elements side by side: 16 running sums in each block, blocks added up in float64. */
export function rowSum(x: usize, count: u32): f64 {
  let total: f64 = 0;
  for (let at: u32 = 0; at < count; at += ROW_BLOCK) total += blockSum(x + 4 * at, min(ROW_BLOCK, count - at));
  return total;
}

function blockSum(x: usize, count: u32): f32 {
  const zero = f32x4.splat(0);
  let s0 = zero, s1 = zero, s2 = zero, s3 = zero;
  const end = x + 4 * (count as usize);
  for (; x + 64 <= end; x += 64) {
    s0 = f32x4.add(s0, v128.load(x));
    s1 = f32x4.add(s1, v128.load(x, 16));
    s2 = f32x4.add(s2, v128.load(x, 32));
    s3 = f32x4.add(s3, v128.load(x, 48));
  }
  for (; x + 16 <= end; x += 16) s0 = f32x4.add(s0, v128.load(x));
  if (x < end) s1 = f32x4.add(s1, loadPart(x, (end - x) >> 2, zero));
  return sumLanes(f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3)));
}

/** The least of `count` elements; ∞ of none. */
export function rowMin(x: usize, count: u32): f32 {
  const most = f32x4.splat(f32.POSITIVE_INFINITY);
  let least = most;
  const end = x + 4 * (count as usize);
  for (; x + 16 <= end; x += 16) least = f32x4.min(least, v128.load(x));
  if (x < end) least = f32x4.min(least, loadPart(x, (end - x) >> 2, most));
  return minLanes(least);
}

@inline
function combine(code: u32, a: v128, b: v128): v128 {
  return code < 2 ? f32x4.add(a, b) : code == 2 ? f32x4.max(a, b) : f32x4.min(a, b);
}

/** What `code` makes of nothing. */
@inline
function identity(code: u32): v128 {
  return f32x4.splat(code < 2 ? 0 : code == 2 ? f32.NEGATIVE_INFINITY : f32.POSITIVE_INFINITY);
}

/** Up to 4 columns of one block of rows, taken from the top down. */
@inline
function blockColumns(code: u32, x: usize, step: usize, rows: u32, width: u32): v128 {
  let result = identity(code);
  for (let r: u32 = 0; r < rows; r++, x += step) {
    result = combine(code, result, width == 4 ? v128.load(x) : loadPart(x, width, result));
  }
  return result;
}

/** Columns `[0, count)` of `middle` rows that lie `step` bytes apart, into `y`, block of rows by block of rows. */
@inline
function reduceColumns(code: u32, x: usize, step: usize, middle: u32, y: usize, count: u32, terms: u32): void {
  let first: u32 = 0;
  do {
    const rows = min(COLUMN_BLOCK, middle - first);
    const block = x + first * step;
    const isLast = first + rows >= middle;
    const divide = code == 1 && isLast;
    const divisor = f32x4.splat(terms as f32);
    for (let j: u32 = 0; j < count; j += 4) {
      const width = min(4, count - j);
      const to = y + 4 * j;
      let value = width == 4 ? blockColumns(code, block + 4 * j, step, rows, 4) : blockColumns(code, block + 4 * j, step, rows, width);
      if (first) value = combine(code, width == 4 ? v128.load(to) : loadPart(to, width, value), value);
      if (divide) value = f32x4.div(value, divisor);
      if (width == 4) v128.store(to, value);
      else storePart(to, width, value);
    }
    first += COLUMN_BLOCK;
  } while (first < middle);
}

@inline
function reduceRow(code: u32, x: usize, count: u32, terms: u32): f32 {
  if (code == 0) return rowSum(x, count) as f32;
  if (code == 1) return (rowSum(x, count) / (terms as f64)) as f32;
  return code == 2 ? greatestOf(x, count, true) : rowMin(x, count);
}

@inline
function run(code: u32, x: usize, y: usize, middle: u32, inner: u32, terms: u32, start: u32, end: u32): void {
  if (inner == 1) {
    for (; start < end; start++) store<f32>(y + 4 * start, reduceRow(code, x + 4 * start * middle, middle, terms));
    return;
  }
  while (start < end) {
    const outer = start / inner;
    const column = start - outer * inner;
    const count = min(inner - column, end - start);
    reduceColumns(code, x + 4 * (outer * middle * inner + column), 4 * inner, middle, y + 4 * start, count, terms);
    start += count;
  }
}

/**
 * Reduces the middle axis: `x [outer, middle, inner] → y [outer, inner]`, float32; `code` from `reduceCodes`.
 * A mean is the sum divided by `terms`. Range: elements of `y`. Reducing the last axes is `inner = 1`, the first axes `outer = 1`.
 */
export function reduce(
  code: u32, x: usize, y: usize, middle: u32, inner: u32, terms: u32, start: u32, end: u32,
): void {
  switch (code) {
    case 0: return run(0, x, y, middle, inner, terms, start, end);
    case 1: return run(1, x, y, middle, inner, terms, start, end);
    case 2: return run(2, x, y, middle, inner, terms, start, end);
    case 3: return run(3, x, y, middle, inner, terms, start, end);
    default: unreachable();
  }
}

/**
 * `y[r]` = index of the first greatest element of row `r`, passing over NaN: `x [R, columns]` → int32 `[R]`,
 * `columns` at least 1. As in tfjs, 0 if the row starts with NaN. Range: rows.
 */
export function argMax(x: usize, y: usize, columns: u32, start: u32, end: u32): void {
  for (; start < end; start++) {
    const row = x + 4 * start * columns;
    const greatest = rowGreatest(row, columns);
    let at: u32 = 0;
    // As tfjs compares: nothing is greater than a NaN that comes first, and one that comes later is not greater.
    if (!isNaN(load<f32>(row))) while (load<f32>(row + 4 * at) != greatest) at++;
    store<u32>(y + 4 * start, at);
  }
}
