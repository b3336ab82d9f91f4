/**
 * Products of few rows with weights of fewer bits, in rows of one output each: bfloat16, or blocks of 32 bytes with a scale
 * (GGUF's Q8_0). They are read along several far streams, as in `thin.ts`, and a row has the same bits in any company.
 *
 * Factors are prepared once for all outputs: their even and odd elements apart for bfloat16; for blocks, 16 bits of each,
 * with a scale for 32 of them, so that the products of a block are summed exactly.
 */
import { fma } from "../fma";
import { sumLanes } from "../lanes";

const BLOCK: u32 = 32;
/** Rows of B that are read together: of bfloat16, and of blocks. */
const STREAMS: u32 = 8;
const BLOCK_STREAMS: u32 = 4;
const LARGEST: f32 = 32767;

/** `x` rounded to the nearest integer, halves away from 0, as C's `roundf`. */
@inline
function roundAway(x: f32): i32 {
  return <i32>(<f64>x + (x < 0 ? -0.5 : 0.5));
}

/** The largest magnitude of 32 elements; NaN if one is. */
@inline
function magnitude(x: usize): f32 {
  let largest = f32x4.splat(0);
  for (let i: usize = 0; i < 4 * BLOCK; i += 16) largest = f32x4.max(largest, f32x4.abs(v128.load(x + i)));
  largest = f32x4.max(largest, v128.shuffle<f32>(largest, largest, 2, 3, 0, 1));
  return max(f32x4.extract_lane(largest, 0), f32x4.extract_lane(largest, 1));
}

/** A float16 that is not negative, to nearest, ties to even. */
function toHalf(x: f32): u32 {
  const bits = reinterpret<u32>(x);
  if (bits >= 0x47800000) return 0x7c00;
  // Steps of 2⁻²⁴ below the least normal number.
  if (bits < 0x38800000) return <u32>nearest(x * 16777216.0);
  return (bits + 0xfff + ((bits >> 13) & 1) - 0x38000000) >> 13;
}

/** Four float16 that are finite and not negative, in the low halves of 4 lanes, as float32. */
@inline
function fromHalves(halves: v128): v128 {
  return f32x4.mul(i32x4.shl(halves, 13), f32x4.splat(reinterpret<f32>(0x77800000)));
}

/**
 * Prepares factors for `thinBf16`: of each 8 elements the even ones, then the odd ones. Range: rows.
 *
 * @param x - `[m, k]`; `k` is a multiple of 8.
 */
export function evenOddFactors(x: usize, k: u32, to: usize, start: u32, end: u32): void {
  const last = x + 4 * (end * k);
  to += 4 * (start * k);
  for (x += 4 * (start * k); x < last; x += 32, to += 32) {
    const low = v128.load(x), high = v128.load(x, 16);
    v128.store(to, v128.shuffle<f32>(low, high, 0, 2, 4, 6));
    v128.store(to, v128.shuffle<f32>(low, high, 1, 3, 5, 7), 16);
  }
}

/**
 * Prepares factors for `thinQ8`: 16 bits of each element, and a scale of each 32. Range: rows.
 *
 * @param x - `[m, k]`; `k` is a multiple of 32. @param words - `[m, k]` of 16 bits. @param scales - `[m, k / 32]`.
 */
export function blockFactors(x: usize, k: u32, words: usize, scales: usize, start: u32, end: u32): void {
  for (let block = (start * k) / BLOCK; block < (end * k) / BLOCK; block++) {
    const from = x + 4 * BLOCK * (block as usize), to = words + 2 * BLOCK * (block as usize);
    const largest = magnitude(from);
    const factor = f32x4.splat(largest > 0 ? LARGEST / largest : 0);
    for (let i: usize = 0; i < BLOCK; i += 8) {
      const low = f32x4.nearest(f32x4.mul(v128.load(from + 4 * i), factor));
      const high = f32x4.nearest(f32x4.mul(v128.load(from + 4 * i, 16), factor));
      v128.store(to + 2 * i, i16x8.narrow_i32x4_s(i32x4.trunc_sat_f32x4_s(low), i32x4.trunc_sat_f32x4_s(high)));
    }
    store<f32>(scales + 4 * (block as usize), largest / LARGEST);
  }
}

/** Adds 8 weights of bfloat16 times their factors. */
@inline
function addBf16(sum: v128, even: v128, odd: v128, b: usize): v128 {
  const words = v128.load(b);
  sum = fma(even, i32x4.shl(words, 16), sum);
  return fma(odd, v128.and(words, i32x4.splat(0xffff0000)), sum);
}

function dotEightBf16(x: usize, b: usize, far: usize, k: u32, y: usize, yFar: usize): void {
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0;
  const far2 = 2 * far, far3 = 3 * far, end = x + 4 * (k as usize);
  let b4 = b + 4 * far;
  for (; x != end; x += 32) {
    const even = v128.load(x), odd = v128.load(x, 16);
    s0 = addBf16(s0, even, odd, b);
    s1 = addBf16(s1, even, odd, b + far);
    s2 = addBf16(s2, even, odd, b + far2);
    s3 = addBf16(s3, even, odd, b + far3);
    s4 = addBf16(s4, even, odd, b4);
    s5 = addBf16(s5, even, odd, b4 + far);
    s6 = addBf16(s6, even, odd, b4 + far2);
    s7 = addBf16(s7, even, odd, b4 + far3);
    b += 16;
    b4 += 16;
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
 * `C = A·Bᵀ` with B of bfloat16. Range: blocks of `rows` rows of B.
 *
 * @param factors - of `evenOddFactors`, `[m, k]`. @param b - `[n, k]`. @param c - `[m, n]`.
 */
export function thinBf16(
  factors: usize, m: u32, b: usize, n: u32, k: u32, rows: u32, c: usize, start: u32, end: u32,
): void {
  const step = 2 * (k as usize), row = 4 * (k as usize);
  for (; start < end; start++) {
    const first = start * rows, last = min(n, first + rows), eighth = (last - first) / STREAMS, far = eighth * step;
    for (let j = first; j < first + eighth; j++) {
      for (let i: u32 = 0; i < m; i++) {
        dotEightBf16(factors + i * row, b + j * step, far, k, c + 4 * (i * n + j), 4 * eighth);
      }
    }
    // What is left of a block: each row as eight times the same.
    for (let j = first + STREAMS * eighth; j < last; j++) {
      for (let i: u32 = 0; i < m; i++) dotEightBf16(factors + i * row, b + j * step, 0, k, c + 4 * (i * n + j), 0);
    }
  }
}

/** The products of a block in 4 sums. */
@inline
function dotBlock(x: usize, b: usize): v128 {
  const low = v128.load(b), high = v128.load(b, 16);
  const first = i32x4.add(
    i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_s(low), v128.load(x)),
    i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_s(low), v128.load(x, 16)),
  );
  const second = i32x4.add(
    i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_s(high), v128.load(x, 32)),
    i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_s(high), v128.load(x, 48)),
  );
  return f32x4.convert_i32x4_s(i32x4.add(first, second));
}

/** @param scales - 4 float16 of each block, one of each row. */
function dotFourQ8(
  x: usize, xScales: usize, b: usize, far: usize, scales: usize, blocks: u32, y: usize, yFar: usize,
): void {
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
  let b1 = b + far, b2 = b1 + far, b3 = b2 + far;
  for (const end = x + 2 * BLOCK * (blocks as usize); x != end; x += 2 * BLOCK) {
    const own = fromHalves(i32x4.extend_low_i16x8_u(v128.load64_zero(scales)));
    const scale = f32x4.mul(own, v128.load32_splat(xScales));
    s0 = fma(dotBlock(x, b), v128.shuffle<f32>(scale, scale, 0, 0, 0, 0), s0);
    s1 = fma(dotBlock(x, b1), v128.shuffle<f32>(scale, scale, 1, 1, 1, 1), s1);
    s2 = fma(dotBlock(x, b2), v128.shuffle<f32>(scale, scale, 2, 2, 2, 2), s2);
    s3 = fma(dotBlock(x, b3), v128.shuffle<f32>(scale, scale, 3, 3, 3, 3), s3);
    scales += 8;
    xScales += 4;
    b += BLOCK;
    b1 += BLOCK;
    b2 += BLOCK;
    b3 += BLOCK;
  }
  store<f32>(y, sumLanes(s0));
  store<f32>(y += yFar, sumLanes(s1));
  store<f32>(y += yFar, sumLanes(s2));
  store<f32>(y += yFar, sumLanes(s3));
}

/**
 * `C = A·Bᵀ` with B in blocks of 32 bytes. Range: blocks of `rows` rows of B.
 *
 * @param factors - of `blockFactors`, `[m, k]`. @param factorScales - `[m, k / 32]`.
 * @param b - bytes `[n, k]`. @param scales - of `packQ8`. @param c - `[m, n]`.
 */
export function thinQ8(
  factors: usize, factorScales: usize, m: u32, b: usize, scales: usize, n: u32, k: u32, rows: u32, c: usize,
  start: u32, end: u32,
): void {
  const blocks = k / BLOCK, group = 8 * (blocks as usize), row = 2 * (k as usize), scaleRow = 4 * (blocks as usize);
  for (; start < end; start++) {
    const first = start * rows, last = min(n, first + rows), quarter = (last - first) / BLOCK_STREAMS;
    const far = (quarter as usize) * k;
    let own = scales + ((first / BLOCK_STREAMS) as usize) * group;
    for (let j = first; j < last; own += group) {
      const whole = j < first + quarter;
      for (let i: u32 = 0; i < m; i++) {
        dotFourQ8(
          factors + i * row, factorScales + i * scaleRow, b + (j as usize) * k, whole ? far : 0, own, blocks,
          c + 4 * (i * n + j), whole ? 4 * quarter : 0,
        );
      }
      // What is left of a block: each row as four times the same.
      if (++j == first + quarter) j = first + BLOCK_STREAMS * quarter;
    }
  }
}

/** The address of the scale of a row's first block; those of further blocks are 8 bytes apart each. */
function scaleOf(scales: usize, j: u32, n: u32, blocks: u32, rows: u32): usize {
  const first = (j / rows) * rows, quarter = (min(n, first + rows) - first) / BLOCK_STREAMS, place = j - first;
  const isLeft = place >= BLOCK_STREAMS * quarter;
  const stream: u32 = isLeft ? 0 : place / quarter;
  const group = first / BLOCK_STREAMS + (isLeft ? quarter + place - BLOCK_STREAMS * quarter : place - stream * quarter);
  return scales + 8 * ((group as usize) * blocks) + 2 * stream;
}

/**
 * Quantises rows: `scale = max|x| / 127` of 32 elements, kept as a float16, and `round(x / scale)` in a byte each. Scales
 * stand as `thinQ8` reads them: those of 4 far rows side by side. Range: rows.
 *
 * Returns the first row with a scale that no float16 can be, −1 if there is none.
 *
 * @param weight - `[n, k]`; `k` is a multiple of 32. @param rows - rows of B in a unit of work of `thinQ8`.
 * Source: `quantize_row_q8_0_ref` of ggml.
 */
export function packQ8(weight: usize, n: u32, k: u32, rows: u32, bytes: usize, scales: usize, start: u32, end: u32): i32 {
  const blocks = k / BLOCK;
  for (let j = start; j < end; j++) {
    const last = min(n, (j / rows) * rows + rows), first = (j / rows) * rows;
    const isLeft = j - first >= ((last - first) / BLOCK_STREAMS) * BLOCK_STREAMS;
    let scale = scaleOf(scales, j, n, blocks, rows);
    for (let block: u32 = 0; block < blocks; block++, scale += 8) {
      const at = (j as usize) * k + block * BLOCK;
      const step = magnitude(weight + 4 * at) / 127, inverse: f32 = step > 0 ? 1 / step : 0;
      if (!(step < 65520)) return j;
      for (let i: usize = 0; i < BLOCK; i++) {
        store<i8>(bytes + at + i, <i8>roundAway(load<f32>(weight + 4 * (at + i)) * inverse));
      }
      const half = toHalf(step), copies = isLeft ? BLOCK_STREAMS : 1;
      for (let copy: u32 = 0; copy != copies; copy++) store<u16>(scale + 2 * copy, <u16>half);
    }
  }
  return -1;
}

/** `Y[i] = B[ids[i]]` as float32, of bfloat16. Range: ids. @param ids - 0 takes all rows from `first` on. */
export function rowsOfBf16(b: usize, k: u32, ids: usize, first: u32, y: usize, start: u32, end: u32): void {
  for (let i = start; i < end; i++) {
    let from = b + 2 * (k as usize) * (ids ? load<u32>(ids + 4 * i) : first + i);
    let to = y + 4 * (k as usize) * i;
    for (const last = from + 2 * (k as usize); from < last; from += 16, to += 32) {
      const words = v128.load(from), even = i32x4.shl(words, 16), odd = v128.and(words, i32x4.splat(0xffff0000));
      v128.store(to, v128.shuffle<f32>(even, odd, 0, 4, 1, 5));
      v128.store(to, v128.shuffle<f32>(even, odd, 2, 6, 3, 7), 16);
    }
  }
}

/** As `rowsOfBf16`, of blocks. */
export function rowsOfQ8(
  b: usize, scales: usize, n: u32, k: u32, rows: u32, ids: usize, first: u32, y: usize, start: u32, end: u32,
): void {
  const blocks = k / BLOCK;
  for (let i = start; i < end; i++) {
    const j = ids ? load<u32>(ids + 4 * i) : first + i;
    const from = b + (j as usize) * k, to = y + 4 * (k as usize) * i;
    const own = scaleOf(scales, j, n, blocks, rows);
    for (let block: u32 = 0; block < blocks; block++) {
      const scale = fromHalves(i32x4.splat(load<u16>(own + 8 * (block as usize))));
      for (let at: usize = block * BLOCK; at < (block + 1) * BLOCK; at += 4) {
        const words = i32x4.extend_low_i16x8_s(i16x8.extend_low_i8x16_s(v128.load32_zero(from + at)));
        v128.store(to + 4 * at, f32x4.mul(f32x4.convert_i32x4_s(words), scale));
      }
    }
  }
}
