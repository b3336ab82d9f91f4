import { fma } from "../fma";
import { loadPart, maxLanes, storePart, sumLanes } from "../lanes";
import { exp4 } from "../math/exp";
import { log1 } from "../math/log";

/** The greater in each lane: NaN where either is, or, in one instruction instead of eight, `a` where `b` is. */
@inline
function greater(a: v128, b: v128, keepsNaN: bool): v128 {
  return keepsNaN ? f32x4.max(a, b) : f32x4.pmax(a, b);
}

/** The greatest of `count` elements; −∞ of none. */
@inline
export function greatestOf(x: usize, count: u32, keepsNaN: bool): f32 {
  const least = f32x4.splat(f32.NEGATIVE_INFINITY);
  let m0 = least, m1 = least;
  const end = x + 4 * (count as usize);
  for (; x + 32 <= end; x += 32) {
    m0 = greater(m0, v128.load(x), keepsNaN);
    m1 = greater(m1, v128.load(x, 16), keepsNaN);
  }
  if (x + 16 <= end) {
    m0 = greater(m0, v128.load(x), keepsNaN);
    x += 16;
  }
  if (x < end) m1 = greater(m1, loadPart(x, ((end - x) >> 2) as u32, least), keepsNaN);
  return maxLanes(greater(m0, m1, keepsNaN));
}

/** The greatest of a row, passing over NaN, which a softmax meets again in its exponentials. */
@inline
export function rowGreatest(x: usize, count: u32): f32 {
  return greatestOf(x, count, false);
}

/** Long sums are taken in blocks of these sizes, which are added up in float64. */
const EXP_BLOCK: u32 = 1024;
const DOT_BLOCK: u32 = 4096;

/** Σ exp(x − greatest) over a row; the terms are kept in `y` unless it is 0. */
@inline
export function expRow(x: usize, y: usize, count: u32, greatest: f32): f32 {
  let total: f64 = 0;
  for (let at: u32 = 0; at < count; at += EXP_BLOCK) {
    total += expBlock(x + 4 * at, y ? y + 4 * at : 0, min(EXP_BLOCK, count - at), greatest);
  }
  return total as f32;
}

@inline
function expBlock(x: usize, y: usize, count: u32, greatest: f32): f32 {
  const shift = f32x4.splat(greatest);
  let sum = f32x4.splat(0);
  const end = x + 4 * ((count & ~3) as usize);
  for (; x < end; x += 16) {
    const e = exp4(f32x4.sub(v128.load(x), shift));
    sum = f32x4.add(sum, e);
    if (y) {
      v128.store(y, e);
      y += 16;
    }
  }
  const rest = count & 3;
  if (rest) {
    const e = exp4(f32x4.sub(loadPart(x, rest, f32x4.splat(f32.NEGATIVE_INFINITY)), shift));
    sum = f32x4.add(sum, e);
    if (y) storePart(y, rest, e);
  }
  return sumLanes(sum);
}

/** `y = x·factor` over a row. */
@inline
export function scaleRow(x: usize, y: usize, count: u32, factor: f32): void {
  const by = f32x4.splat(factor);
  const end = y + 4 * (count as usize);
  for (; y + 16 <= end; x += 16, y += 16) v128.store(y, f32x4.mul(v128.load(x), by));
  for (; y < end; x += 4, y += 4) store<f32>(y, load<f32>(x) * factor);
}

/** log Σ exp(x) over a row. */
export function logSumExpRow(x: usize, count: u32): f32 {
  const greatest = rowGreatest(x, count);
  return greatest + log1(expRow(x, 0, count, greatest));
}

/** `y[r] = exp(x[r] − max) / Σ`, `[R, columns]`. Range: rows. */
export function softmax(x: usize, y: usize, columns: u32, start: u32, end: u32): void {
  for (; start < end; start++) {
    const from = x + 4 * start * columns;
    const to = y + 4 * start * columns;
    scaleRow(to, to, columns, 1 / expRow(from, to, columns, rowGreatest(from, columns)));
  }
}

/** Σ a·b over a row. */
@inline
export function dotRow(a: usize, b: usize, count: u32): f32 {
  let total: f64 = 0;
  for (let at: u32 = 0; at < count; at += DOT_BLOCK) total += dotBlock(a + 4 * at, b + 4 * at, min(DOT_BLOCK, count - at));
  return total as f32;
}

@inline
function dotBlock(a: usize, b: usize, count: u32): f32 {
  const zero = f32x4.splat(0);
  let s0 = zero, s1 = zero;
  const end = a + 4 * (count as usize);
  for (; a + 32 <= end; a += 32, b += 32) {
    s0 = fma(v128.load(a), v128.load(b), s0);
    s1 = fma(v128.load(a, 16), v128.load(b, 16), s1);
  }
  if (a + 16 <= end) {
    s0 = fma(v128.load(a), v128.load(b), s0);
    a += 16;
    b += 16;
  }
  const rest = ((end - a) >> 2) as u32;
  if (rest) s1 = fma(loadPart(a, rest, zero), loadPart(b, rest, zero), s1);
  return sumLanes(f32x4.add(s0, s1));
}

/** `dx[r] = scale·p[r]·(dy[r] − Σ dy[r]·p[r])`, `[R, columns]`: of `softmax` (scale 1) and `maskedSoftmax`; 0 where p is. Range: rows. */
export function softmaxGradient(dy: usize, p: usize, dx: usize, columns: u32, scale: f32, start: u32, end: u32): void {
  const by = f32x4.splat(scale);
  for (; start < end; start++) {
    let from = dy + 4 * start * columns;
    let weight = p + 4 * start * columns;
    let to = dx + 4 * start * columns;
    const dot = dotRow(from, weight, columns);
    const mean = f32x4.splat(dot);
    const stop = to + 4 * (columns as usize);
    for (; to + 16 <= stop; from += 16, weight += 16, to += 16) {
      const w = v128.load(weight);
      const value = f32x4.mul(f32x4.mul(by, w), f32x4.sub(v128.load(from), mean));
      v128.store(to, v128.andnot(value, f32x4.eq(w, f32x4.splat(0))));
    }
    for (; to < stop; from += 4, weight += 4, to += 4) {
      const w = load<f32>(weight);
      store<f32>(to, w == 0 ? 0 : scale * w * (load<f32>(from) - dot));
    }
  }
}
