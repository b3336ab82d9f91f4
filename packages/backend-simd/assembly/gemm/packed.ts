/**
 * Products of few rows with weights in blocks of 32 bytes with a scale (GGUF's Q8_0), in rows of one output each; and rows of
 * weights of fewer bits as float32. Blocks are read along several far streams, as in `thin.ts`, and a row has the same bits
 * in any company.
 *
 * Factors are prepared once for all outputs: 14 bits of each, with a scale for 32 of them, so that the products of a block
 * are summed exactly, in integers.
 */
import { dotBytes, FUSED, fma } from "../fma";
import { sumLanes } from "../lanes";
import { finishSums } from "./thin";

const BLOCK: u32 = 32;
/** Rows of B that are read together. */
const STREAMS: u32 = 8;
/** Bytes from the scales of a block to those of the next one: a float16 for each row that is read together. */
const SCALES: u32 = 2 * STREAMS;
/** Factors are whole numbers from −8191 to 8191; 8192 more than one has two digits of 7 bits. */
const LARGEST: f32 = 8191;
const OFFSET: i16 = 8192;
/** Factors of which none is larger are 0: their scale could have no inverse. */
const LEAST: f32 = 1e-34;

/** Four elements times a factor, rounded to the nearest integers, halves away from 0, as C's `roundf`. */
@inline
function roundAway(x: usize, factor: v128): v128 {
  const scaled = f32x4.mul(v128.load(x), factor), whole = f32x4.trunc(scaled), rest = f32x4.sub(scaled, whole);
  // Twice the rest has a whole part, 1 or −1, from a half on.
  return i32x4.trunc_sat_f32x4_s(f32x4.add(whole, f32x4.trunc(f32x4.add(rest, rest))));
}

/** Eight elements as in `roundAway`, in words of 16 bits. */
@inline
function roundEight(x: usize, factor: v128): v128 {
  return i16x8.narrow_i32x4_s(roundAway(x, factor), roundAway(x + 16, factor));
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

/** Eight factors as whole numbers. */
@inline
function wholeFactors(x: usize, factor: v128): v128 {
  const low = f32x4.nearest(f32x4.mul(v128.load(x), factor)), high = f32x4.nearest(f32x4.mul(v128.load(x, 16), factor));
  return i16x8.narrow_i32x4_s(i32x4.trunc_sat_f32x4_s(low), i32x4.trunc_sat_f32x4_s(high));
}

/**
 * Prepares factors for `thinQ8`: of each 32 the upper digits, then the lower ones, or where the build has no products of
 * bytes, words of 16 bits; and a scale. Range: blocks of all rows.
 *
 * @param x - `[m, k]`; `k` is a multiple of 32. @param words - 2 bytes for each factor. @param scales - `[m, k / 32]`.
 */
export function blockFactors(x: usize, words: usize, scales: usize, start: u32, end: u32): void {
  for (; start < end; start++) {
    const from = x + 4 * BLOCK * (start as usize), to = words + 2 * BLOCK * (start as usize);
    const largest = magnitude(from);
    const factor = f32x4.splat(largest > LEAST ? LARGEST / largest : 0);
    for (let i: usize = 0; i < BLOCK; i += 16) {
      let low = wholeFactors(from + 4 * i, factor), high = wholeFactors(from + 4 * i + 32, factor);
      if (FUSED) {
        const digit = i16x8.splat(127);
        low = i16x8.add(low, i16x8.splat(OFFSET));
        high = i16x8.add(high, i16x8.splat(OFFSET));
        v128.store(to + i, i8x16.narrow_i16x8_u(i16x8.shr_u(low, 7), i16x8.shr_u(high, 7)));
        v128.store(to + i, i8x16.narrow_i16x8_u(v128.and(low, digit), v128.and(high, digit)), BLOCK);
      } else {
        v128.store(to + 2 * i, low);
        v128.store(to + 2 * i, high, 16);
      }
    }
    store<f32>(scales + 4 * (start as usize), largest / LARGEST);
  }
}

/** Adds the products of a block, times its scale. @param x0, x1, x2, x3 - of `blockFactors`. */
@inline
function addBlock(sum: v128, scale: v128, b: usize, x0: v128, x1: v128, x2: v128, x3: v128): v128 {
  const low = v128.load(b), high = v128.load(b, 16);
  let products: v128;
  if (FUSED) {
    const none = i32x4.splat(0), half = i8x16.splat(64);
    const upper = dotBytes(low, x0, dotBytes(high, x1, none));
    const offset = dotBytes(low, half, dotBytes(high, half, none));
    products = dotBytes(low, x2, dotBytes(high, x3, i32x4.shl(i32x4.sub(upper, offset), 7)));
  } else {
    products = i32x4.add(
      i32x4.add(
        i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_s(low), x0),
        i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_s(low), x1),
      ),
      i32x4.add(
        i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_s(high), x2),
        i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_s(high), x3),
      ),
    );
  }
  return fma(f32x4.convert_i32x4_s(products), scale, sum);
}

/**
 * Products of `x` with 8 rows of B, `far` bytes apart; the results go `yFar` bytes apart.
 *
 * @param scales - 8 float16 of each block, one of each row.
 */
function dotEightQ8(
  x: usize, xScales: usize, b: usize, far: usize, scales: usize, blocks: u32, y: usize, yFar: usize,
): void {
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0;
  const far2 = 2 * far, far3 = 3 * far;
  let b4 = b + 4 * far;
  for (const end = x + 2 * BLOCK * (blocks as usize); x != end; x += 2 * BLOCK) {
    const halves = v128.load(scales), own = v128.load32_splat(xScales);
    const low = f32x4.mul(fromHalves(i32x4.extend_low_i16x8_u(halves)), own);
    const high = f32x4.mul(fromHalves(i32x4.extend_high_i16x8_u(halves)), own);
    const x0 = v128.load(x), x1 = v128.load(x, 16), x2 = v128.load(x, 32), x3 = v128.load(x, 48);
    s0 = addBlock(s0, v128.shuffle<f32>(low, low, 0, 0, 0, 0), b, x0, x1, x2, x3);
    s1 = addBlock(s1, v128.shuffle<f32>(low, low, 1, 1, 1, 1), b + far, x0, x1, x2, x3);
    s2 = addBlock(s2, v128.shuffle<f32>(low, low, 2, 2, 2, 2), b + far2, x0, x1, x2, x3);
    s3 = addBlock(s3, v128.shuffle<f32>(low, low, 3, 3, 3, 3), b + far3, x0, x1, x2, x3);
    s4 = addBlock(s4, v128.shuffle<f32>(high, high, 0, 0, 0, 0), b4, x0, x1, x2, x3);
    s5 = addBlock(s5, v128.shuffle<f32>(high, high, 1, 1, 1, 1), b4 + far, x0, x1, x2, x3);
    s6 = addBlock(s6, v128.shuffle<f32>(high, high, 2, 2, 2, 2), b4 + far2, x0, x1, x2, x3);
    s7 = addBlock(s7, v128.shuffle<f32>(high, high, 3, 3, 3, 3), b4 + far3, x0, x1, x2, x3);
    scales += SCALES;
    xScales += 4;
    b += BLOCK;
    b4 += BLOCK;
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
 * `C = f(A·Bᵀ + bias)` with B in blocks of 32 bytes. Range: blocks of `rows` rows of B.
 *
 * @param factors - of `blockFactors`, `[m, k]`. @param factorScales - `[m, k / 32]`.
 * @param b - bytes `[n, k]`. @param scales - of `packQ8`. @param bias - `[n]`, or 0.
 * @param code, c, slope - see `finishSums`.
 */
export function thinQ8(
  factors: usize, factorScales: usize, m: u32, b: usize, scales: usize, n: u32, k: u32, rows: u32, bias: usize,
  code: i32, c: usize, slope: usize, start: u32, end: u32,
): void {
  const blocks = k / BLOCK, group = SCALES * (blocks as usize), row = 2 * (k as usize), scaleRow = 4 * (blocks as usize);
  const sums = slope ? slope : c;
  for (; start < end; start++) {
    const first = start * rows, last = min(n, first + rows), eighth = (last - first) / STREAMS;
    const far = (eighth as usize) * k;
    let own = scales + ((first / STREAMS) as usize) * group;
    for (let j = first; j < last; own += group) {
      const whole = j < first + eighth;
      for (let i: u32 = 0; i < m; i++) {
        dotEightQ8(
          factors + i * row, factorScales + i * scaleRow, b + (j as usize) * k, whole ? far : 0, own, blocks,
          sums + 4 * (i * n + j), whole ? 4 * eighth : 0,
        );
      }
      // What is left of a block: each row as eight times the same.
      if (++j == first + eighth) j = first + STREAMS * eighth;
    }
    const at = 4 * (first as usize);
    finishSums(sums + at, m, n, last - first, bias ? bias + at : 0, code, c + at, slope ? slope + at : 0);
  }
}

/** The address of the scale of a row's first block; those of further blocks are `SCALES` bytes apart each. */
function scaleOf(scales: usize, j: u32, n: u32, blocks: u32, rows: u32): usize {
  const first = (j / rows) * rows, eighth = (min(n, first + rows) - first) / STREAMS, place = j - first;
  const isLeft = place >= STREAMS * eighth;
  const stream: u32 = isLeft ? 0 : place / eighth;
  const group = first / STREAMS + (isLeft ? eighth + place - STREAMS * eighth : place - stream * eighth);
  return scales + SCALES * ((group as usize) * blocks) + 2 * stream;
}

/**
 * Quantises rows: `scale = max|x| / 127` of 32 elements, kept as a float16, and `round(x / scale)` in a byte each. Scales
 * stand as `thinQ8` reads them: those of 8 far rows side by side. Range: rows.
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
    const isLeft = j - first >= ((last - first) / STREAMS) * STREAMS;
    let scale = scaleOf(scales, j, n, blocks, rows);
    for (let block: u32 = 0; block < blocks; block++, scale += SCALES) {
      const at = (j as usize) * k + block * BLOCK;
      const step = magnitude(weight + 4 * at) / 127, inverse = f32x4.splat(step > 0 ? 1 / step : 0);
      if (!(step < 65520)) return j;
      for (let i: usize = 0; i < BLOCK; i += 16) {
        const from = weight + 4 * (at + i);
        v128.store(bytes + at + i, i8x16.narrow_i16x8_s(roundEight(from, inverse), roundEight(from + 32, inverse)));
      }
      const half = toHalf(step), copies = isLeft ? STREAMS : 1;
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
      const scale = fromHalves(i32x4.splat(load<u16>(own + SCALES * (block as usize))));
      for (let at: usize = block * BLOCK; at < (block + 1) * BLOCK; at += 4) {
        const words = i32x4.extend_low_i16x8_s(i16x8.extend_low_i8x16_s(v128.load32_zero(from + at)));
        v128.store(to + 4 * at, f32x4.mul(f32x4.convert_i32x4_s(words), scale));
      }
    }
  }
}
