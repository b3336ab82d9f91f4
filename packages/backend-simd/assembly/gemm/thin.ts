/**
 * Products of few rows, as in decoding: reading B takes the time, so B is read once, whatever the rows are.
 *
 * Memory is read fastest along several long streams that lie far apart, since a processor fetches ahead along each. So
 * the 8 rows of B that are taken together lie an eighth of a unit's rows apart. (Two cores of a Xeon of model 207 read
 * 10 to 16 GB/s along one stream each, and 18 to 21 GB/s along eight.)
 *
 * An element is summed in an order that follows from `n` and `k` alone: a row has the same bits alone and in company, and
 * however many threads there are.
 */
import { binary } from "../elementwise/binary";
import { fma } from "../fma";
import { activation } from "../fused/activation";
import { sumLanes } from "../lanes";

/** Rows of B that are read together. */
const STREAMS: u32 = 8;
/** Columns that all rows of A take before the next ones: with 8 rows of B, 16 KiB, which stay in the first cache. */
const CHUNK: u32 = 512;
const ADD: u32 = 0;

/**
 * What follows the sums of `columns` columns of `m` rows: a bias, an activation, and its derivative.
 *
 * @param sums - of the first row; rows are `n` elements apart. @param bias - of the first column, or 0.
 * @param code - a code of `activation`, or −1. @param slope - 0, or `sums`, which the derivative replaces.
 */
export function finishSums(
  sums: usize, m: u32, n: u32, columns: u32, bias: usize, code: i32, c: usize, slope: usize,
): void {
  for (let row: u32 = 0; row < m; row++) {
    const at = 4 * (row as usize) * n;
    if (bias) binary(ADD, sums + at, columns, 1, bias, 0, 1, sums + at, columns, 0, columns);
    if (code >= 0) activation(code, sums + at, c + at, slope ? slope + at : 0, 0, columns);
  }
}

/** 4 elements, or one and zeros. */
@inline
function lanesAt(p: usize, isWhole: bool): v128 {
  return isWhole ? v128.load(p) : v128.load32_zero(p);
}

/** Adds 8 rows of B, `far` bytes apart from `b` on and again from `b4` on, times their factors. */
@inline
function addRows(
  sum: v128, x0: v128, x1: v128, x2: v128, x3: v128, x4: v128, x5: v128, x6: v128, x7: v128,
  b: usize, b4: usize, far: usize, isWhole: bool,
): v128 {
  sum = fma(x0, lanesAt(b, isWhole), sum);
  sum = fma(x1, lanesAt(b + far, isWhole), sum);
  sum = fma(x2, lanesAt(b + 2 * far, isWhole), sum);
  sum = fma(x3, lanesAt(b + 3 * far, isWhole), sum);
  sum = fma(x4, lanesAt(b4, isWhole), sum);
  sum = fma(x5, lanesAt(b4 + far, isWhole), sum);
  sum = fma(x6, lanesAt(b4 + 2 * far, isWhole), sum);
  return fma(x7, lanesAt(b4 + 3 * far, isWhole), sum);
}

/**
 * Adds 8 rows of B, `far` bytes apart, to `columns` sums. @param x - the first of 8 factors, `xFar` bytes apart.
 */
function addEight(x: usize, xFar: usize, b: usize, far: usize, y: usize, columns: u32): void {
  const x0 = v128.load_splat<f32>(x), x1 = v128.load_splat<f32>(x + xFar);
  const x2 = v128.load_splat<f32>(x + 2 * xFar), x3 = v128.load_splat<f32>(x + 3 * xFar);
  x += 4 * xFar;
  const x4 = v128.load_splat<f32>(x), x5 = v128.load_splat<f32>(x + xFar);
  const x6 = v128.load_splat<f32>(x + 2 * xFar), x7 = v128.load_splat<f32>(x + 3 * xFar);
  let b4 = b + 4 * far;
  const even = y + 4 * ((columns & ~3) as usize), end = y + 4 * (columns as usize);
  for (; y != even; y += 16, b += 16, b4 += 16) {
    v128.store(y, addRows(v128.load(y), x0, x1, x2, x3, x4, x5, x6, x7, b, b4, far, true));
  }
  for (; y != end; y += 4, b += 4, b4 += 4) {
    const sum = addRows(v128.load32_zero(y), x0, x1, x2, x3, x4, x5, x6, x7, b, b4, far, false);
    store<f32>(y, f32x4.extract_lane(sum, 0));
  }
}

/** Adds one row of B to `columns` sums. */
function addOne(x: usize, b: usize, y: usize, columns: u32): void {
  const factor = v128.load_splat<f32>(x);
  const even = y + 4 * ((columns & ~3) as usize), end = y + 4 * (columns as usize);
  for (; y != even; y += 16, b += 16) v128.store(y, fma(factor, v128.load(b), v128.load(y)));
  for (; y != end; y += 4, b += 4) {
    store<f32>(y, f32x4.extract_lane(fma(factor, v128.load32_zero(b), v128.load32_zero(y)), 0));
  }
}

/** The sums of `depth` steps of `k` and `columns` columns, for each row of A. Steps are in bytes. */
function sumPart(
  a: usize, aRow: usize, m: u32, b: usize, ldb: usize, depth: u32, y: usize, yRow: usize, columns: u32,
): void {
  const eighth = depth / STREAMS;
  const xFar = 4 * (eighth as usize), far = ldb * eighth;
  for (let row: u32 = 0; row < m; row++) memory.fill(y + row * yRow, 0, 4 * columns);
  for (let p: u32 = 0; p < eighth; p++, b += ldb) {
    for (let j: u32 = 0; j < columns; j += CHUNK) {
      const width = min(CHUNK, columns - j);
      for (let row: u32 = 0; row < m; row++) {
        addEight(a + row * aRow + 4 * p, xFar, b + 4 * j, far, y + row * yRow + 4 * j, width);
      }
    }
  }
  b += (STREAMS - 1) * far;
  for (let p = STREAMS * eighth; p < depth; p++, b += ldb) {
    for (let row: u32 = 0; row < m; row++) addOne(a + row * aRow + 4 * p, b, y + row * yRow, columns);
  }
}

/**
 * Sums of parts of `k`: `partials[part] = A[:, part]·B[part]`, `[m, n]` for each part. Range: parts × blocks of columns.
 *
 * @param a - `[m, k]`, rows `lda` elements apart. @param b - `[k, n]`, rows `ldb` elements apart.
 * @param part - steps of `k` in a part. @param columns - columns in a block.
 */
export function thinRows(
  a: usize, lda: u32, m: u32, b: usize, ldb: u32, n: u32, k: u32, part: u32, columns: u32, partials: usize,
  start: u32, end: u32,
): void {
  const blocks = (n + columns - 1) / columns;
  for (; start < end; start++) {
    const index = start / blocks, first = index * part, column = (start - index * blocks) * columns;
    sumPart(
      a + 4 * first, 4 * lda, m, b + 4 * ((first as usize) * ldb + column), 4 * ldb, min(part, k - first),
      partials + 4 * ((index * m as usize) * n + column), 4 * n, min(columns, n - column),
    );
  }
}

/**
 * `C = f(Σ partials (+ bias))`, part by part. Range: columns, of every row.
 *
 * @param partials - `[parts, m, n]`. @param bias - `[n]`, or 0. @param code, c, slope - see `finishSums`.
 */
export function thinSums(
  partials: usize, parts: u32, m: u32, n: u32, bias: usize, code: i32, c: usize, slope: usize, start: u32, end: u32,
): void {
  const step = 4 * (m as usize) * n, sums = slope ? slope : c;
  for (let row: u32 = 0; row < m; row++) {
    const from = partials + 4 * (row as usize) * n, to = sums + 4 * (row as usize) * n;
    let j: u32 = start;
    for (; j + 4 <= end; j += 4) {
      let sum = v128.load(from + 4 * j);
      for (let part: u32 = 1; part < parts; part++) sum = f32x4.add(sum, v128.load(from + part * step + 4 * j));
      v128.store(to + 4 * j, sum);
    }
    for (; j < end; j++) {
      let sum = load<f32>(from + 4 * j);
      for (let part: u32 = 1; part < parts; part++) sum += load<f32>(from + part * step + 4 * j);
      store<f32>(to + 4 * j, sum);
    }
  }
  const at = 4 * (start as usize);
  finishSums(sums + at, m, n, end - start, bias ? bias + at : 0, code, c + at, slope ? slope + at : 0);
}

/** Adds 4 products with weights of float32, or 8 with those of bfloat16, whose bits are the upper half of a float32's. */
@inline
function addDot(isBf16: bool, sum: v128, low: v128, high: v128, b: usize): v128 {
  const weights = v128.load(b);
  if (!isBf16) return fma(low, weights, sum);
  const none = i32x4.splat(0);
  sum = fma(low, v128.shuffle<i16>(none, weights, 0, 8, 1, 9, 2, 10, 3, 11), sum);
  return fma(high, v128.shuffle<i16>(none, weights, 4, 12, 5, 13, 6, 14, 7, 15), sum);
}

/** Adds the last 0 to 3 products, and all lanes. */
@inline
function sumOf(sum: v128, x: usize, end: usize, b: usize): f32 {
  for (; x != end; x += 4, b += 4) sum = fma(v128.load32_zero(x), v128.load32_zero(b), sum);
  return sumLanes(sum);
}

/**
 * Products of `x` with 8 rows of B, `far` bytes apart; the results go `yFar` bytes apart. For bfloat16, `k` is a multiple
 * of 8.
 */
@inline
function dotEight(isBf16: bool, x: usize, b: usize, far: usize, k: u32, y: usize, yFar: usize): void {
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0;
  const far2 = 2 * far, far3 = 3 * far;
  let b4 = b + 4 * far;
  const even = x + 4 * ((k & ~3) as usize), end = x + 4 * (k as usize);
  for (; x != even; x += isBf16 ? 32 : 16) {
    const low = v128.load(x), high = isBf16 ? v128.load(x, 16) : low;
    s0 = addDot(isBf16, s0, low, high, b);
    s1 = addDot(isBf16, s1, low, high, b + far);
    s2 = addDot(isBf16, s2, low, high, b + far2);
    s3 = addDot(isBf16, s3, low, high, b + far3);
    s4 = addDot(isBf16, s4, low, high, b4);
    s5 = addDot(isBf16, s5, low, high, b4 + far);
    s6 = addDot(isBf16, s6, low, high, b4 + far2);
    s7 = addDot(isBf16, s7, low, high, b4 + far3);
    b += 16;
    b4 += 16;
  }
  store<f32>(y, sumOf(s0, x, end, b));
  store<f32>(y += yFar, sumOf(s1, x, end, b + far));
  store<f32>(y += yFar, sumOf(s2, x, end, b + far2));
  store<f32>(y += yFar, sumOf(s3, x, end, b + far3));
  store<f32>(y += yFar, sumOf(s4, x, end, b4));
  store<f32>(y += yFar, sumOf(s5, x, end, b4 + far));
  store<f32>(y += yFar, sumOf(s6, x, end, b4 + far2));
  store<f32>(y += yFar, sumOf(s7, x, end, b4 + far3));
}

function dotFloats(x: usize, b: usize, far: usize, k: u32, y: usize, yFar: usize): void {
  dotEight(false, x, b, far, k, y, yFar);
}

function dotBf16(x: usize, b: usize, far: usize, k: u32, y: usize, yFar: usize): void {
  dotEight(true, x, b, far, k, y, yFar);
}

/**
 * `C = f(A·Bᵀ + bias)` with B of float32 or bfloat16. Range: blocks of `rows` rows of B.
 *
 * @param a - `[m, k]`, rows `lda` elements apart. @param b - `[n, k]`, rows `ldb` elements apart. @param c - `[m, n]`.
 * @param bias - `[n]`, or 0. @param code, c, slope - see `finishSums`.
 */
export function thinDots(
  isBf16: u32, a: usize, lda: u32, m: u32, b: usize, ldb: u32, n: u32, k: u32, rows: u32, bias: usize, code: i32,
  c: usize, slope: usize, start: u32, end: u32,
): void {
  const step = (isBf16 ? 2 : 4) * (ldb as usize), sums = slope ? slope : c;
  for (; start < end; start++) {
    const first = start * rows, last = min(n, first + rows), eighth = (last - first) / STREAMS;
    for (let j = first; j < last; ) {
      // What is left of a block: each row as eight times the same.
      const isLeft = j >= first + STREAMS * eighth, far = isLeft ? 0 : step * eighth, yFar = isLeft ? 0 : 4 * eighth;
      for (let row: u32 = 0; row < m; row++) {
        const x = a + 4 * (row as usize) * lda, from = b + j * step, y = sums + 4 * ((row as usize) * n + j);
        if (isBf16) dotBf16(x, from, far, k, y, yFar);
        else dotFloats(x, from, far, k, y, yFar);
      }
      if (++j == first + eighth) j = first + STREAMS * eighth;
    }
    const at = 4 * (first as usize);
    finishSums(sums + at, m, n, last - first, bias ? bias + at : 0, code, c + at, slope ? slope + at : 0);
  }
}
