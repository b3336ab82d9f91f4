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
import { fma } from "../fma";
import { sumLanes } from "../lanes";

/** Rows of B that are read together. */
const STREAMS: u32 = 8;
/** Columns that all rows of A take before the next ones: with 8 rows of B, 16 KiB, which stay in the first cache. */
const CHUNK: u32 = 512;

/**
 * Adds 8 rows of B, `far` bytes apart, to `columns` sums. @param x - the first of 8 factors, `xFar` bytes apart.
 */
function addEight(x: usize, xFar: usize, b: usize, far: usize, y: usize, columns: u32): void {
  const x0 = v128.load_splat<f32>(x), x1 = v128.load_splat<f32>(x + xFar);
  const x2 = v128.load_splat<f32>(x + 2 * xFar), x3 = v128.load_splat<f32>(x + 3 * xFar);
  x += 4 * xFar;
  const x4 = v128.load_splat<f32>(x), x5 = v128.load_splat<f32>(x + xFar);
  const x6 = v128.load_splat<f32>(x + 2 * xFar), x7 = v128.load_splat<f32>(x + 3 * xFar);
  const far2 = 2 * far, far3 = 3 * far;
  let b4 = b + 4 * far;
  const even = y + 4 * ((columns & ~3) as usize), end = y + 4 * (columns as usize);
  for (; y != even; y += 16) {
    let sum = fma(x0, v128.load(b), v128.load(y));
    sum = fma(x1, v128.load(b + far), sum);
    sum = fma(x2, v128.load(b + far2), sum);
    sum = fma(x3, v128.load(b + far3), sum);
    sum = fma(x4, v128.load(b4), sum);
    sum = fma(x5, v128.load(b4 + far), sum);
    sum = fma(x6, v128.load(b4 + far2), sum);
    v128.store(y, fma(x7, v128.load(b4 + far3), sum));
    b += 16;
    b4 += 16;
  }
  for (; y != end; y += 4) {
    let sum = v128.load32_zero(y);
    sum = fma(x0, v128.load32_zero(b), sum);
    sum = fma(x1, v128.load32_zero(b + far), sum);
    sum = fma(x2, v128.load32_zero(b + far2), sum);
    sum = fma(x3, v128.load32_zero(b + far3), sum);
    sum = fma(x4, v128.load32_zero(b4), sum);
    sum = fma(x5, v128.load32_zero(b4 + far), sum);
    sum = fma(x6, v128.load32_zero(b4 + far2), sum);
    store<f32>(y, f32x4.extract_lane(fma(x7, v128.load32_zero(b4 + far3), sum), 0));
    b += 4;
    b4 += 4;
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

/** Products of `x` with 8 rows of B, `far` bytes apart; the results go `yFar` bytes apart. */
function dotEight(x: usize, b: usize, far: usize, k: u32, y: usize, yFar: usize): void {
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0;
  const far2 = 2 * far, far3 = 3 * far;
  let b4 = b + 4 * far;
  const even = x + 4 * ((k & ~3) as usize), end = x + 4 * (k as usize);
  for (; x != even; x += 16) {
    const factors = v128.load(x);
    s0 = fma(factors, v128.load(b), s0);
    s1 = fma(factors, v128.load(b + far), s1);
    s2 = fma(factors, v128.load(b + far2), s2);
    s3 = fma(factors, v128.load(b + far3), s3);
    s4 = fma(factors, v128.load(b4), s4);
    s5 = fma(factors, v128.load(b4 + far), s5);
    s6 = fma(factors, v128.load(b4 + far2), s6);
    s7 = fma(factors, v128.load(b4 + far3), s7);
    b += 16;
    b4 += 16;
  }
  for (; x != end; x += 4) {
    const factor = v128.load32_zero(x);
    s0 = fma(factor, v128.load32_zero(b), s0);
    s1 = fma(factor, v128.load32_zero(b + far), s1);
    s2 = fma(factor, v128.load32_zero(b + far2), s2);
    s3 = fma(factor, v128.load32_zero(b + far3), s3);
    s4 = fma(factor, v128.load32_zero(b4), s4);
    s5 = fma(factor, v128.load32_zero(b4 + far), s5);
    s6 = fma(factor, v128.load32_zero(b4 + far2), s6);
    s7 = fma(factor, v128.load32_zero(b4 + far3), s7);
    b += 4;
    b4 += 4;
  }
  store<f32>(y, sumLanes(s0));
  store<f32>(y += yFar, sumLanes(s1));
  store<f32>(y += yFar, sumLanes(s2));
  store<f32>(y += yFar, sumLanes(s3));
  store<f32>(y += yFar, sumLanes(s4));
  store<f32>(y += yFar, sumLanes(s5));
  store<f32>(y += yFar, sumLanes(s6));
  store<f32>(y += yFar, sumLanes(s7));
}

/**
 * `C = A·Bᵀ`. Range: blocks of `rows` rows of B.
 *
 * @param a - `[m, k]`, rows `lda` elements apart. @param b - `[n, k]`, rows `ldb` elements apart.
 * @param c - `[m, n]`, rows `ldc` elements apart.
 */
export function thinDots(
  a: usize, lda: u32, m: u32, b: usize, ldb: u32, n: u32, k: u32, rows: u32, c: usize, ldc: u32, start: u32, end: u32,
): void {
  for (; start < end; start++) {
    const first = start * rows, last = min(n, first + rows), eighth = (last - first) / STREAMS;
    const far = 4 * (eighth as usize) * ldb;
    for (let j = first; j < first + eighth; j++) {
      const from = b + 4 * (j as usize) * ldb;
      for (let row: u32 = 0; row < m; row++) {
        dotEight(a + 4 * row * lda, from, far, k, c + 4 * (row * ldc + j), 4 * eighth);
      }
    }
    // What is left of a block: each row as eight times the same.
    for (let j = first + STREAMS * eighth; j < last; j++) {
      const from = b + 4 * (j as usize) * ldb;
      for (let row: u32 = 0; row < m; row++) dotEight(a + 4 * row * lda, from, 0, k, c + 4 * (row * ldc + j), 0);
    }
  }
}

/**
 * `sums = Σ partials (+ bias)`, part by part. Range: columns, of every row.
 *
 * @param partials - `[parts, m, n]`, which may be `sums` itself if there is one part. @param bias - `[n]`, or 0.
 */
export function thinSums(
  partials: usize, parts: u32, m: u32, n: u32, bias: usize, sums: usize, start: u32, end: u32,
): void {
  const step = 4 * (m as usize) * n;
  for (let row: u32 = 0; row < m; row++) {
    const from = partials + 4 * (row as usize) * n, to = sums + 4 * (row as usize) * n;
    let j: u32 = start;
    for (; j + 4 <= end; j += 4) {
      let sum = v128.load(from + 4 * j);
      for (let part: u32 = 1; part < parts; part++) sum = f32x4.add(sum, v128.load(from + part * step + 4 * j));
      v128.store(to + 4 * j, bias ? f32x4.add(sum, v128.load(bias + 4 * j)) : sum);
    }
    for (; j < end; j++) {
      let sum = load<f32>(from + 4 * j);
      for (let part: u32 = 1; part < parts; part++) sum += load<f32>(from + part * step + 4 * j);
      store<f32>(to + 4 * j, bias ? sum + load<f32>(bias + 4 * j) : sum);
    }
  }
}
