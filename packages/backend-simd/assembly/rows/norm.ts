/** Layer normalisation and, without mean and bias, that by the root mean square; with or without a residual sum. */
import { fma, fnma } from "../fma";
import { loadSome, storeSome, sumLanes } from "../lanes";
import { rowSum } from "./reduce";

/** Up to 4 of Σ (x − mean)². */
@inline
function addSquares(x: usize, centre: v128, sum: v128, width: u32): v128 {
  let d = f32x4.sub(loadSome(x, width), centre);
  if (width != 4) d = zeroBeyond(d, width);
  return fma(d, d, sum);
}

/** Lanes from `width` on become 0. */
@inline
function zeroBeyond(x: v128, width: u32): v128 {
  return v128.and(x, i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(width)));
}

@inline
function squaresAround(x: usize, count: u32, mean: f32): f32 {
  const centre = f32x4.splat(mean);
  let sum = f32x4.splat(0);
  const end = x + 4 * ((count & ~3) as usize);
  for (; x < end; x += 16) sum = addSquares(x, centre, sum, 4);
  const rest = count & 3;
  if (rest) sum = addSquares(x, centre, sum, rest);
  return sumLanes(sum);
}

@inline
function addRow(x: usize, branch: usize, sum: usize, count: u32): void {
  const end = x + 4 * ((count & ~3) as usize);
  for (; x < end; x += 16, branch += 16, sum += 16) v128.store(sum, f32x4.add(v128.load(x), v128.load(branch)));
  const rest = count & 3;
  if (rest) storeSome(sum, rest, f32x4.add(loadSome(x, rest), loadSome(branch, rest)));
}

@inline
function normalise(x: usize, gain: usize, bias: usize, y: usize, centre: v128, by: v128, width: u32): void {
  const hat = f32x4.mul(f32x4.sub(loadSome(x, width), centre), by);
  const value = bias ? fma(hat, loadSome(gain, width), loadSome(bias, width)) : f32x4.mul(hat, loadSome(gain, width));
  storeSome(y, width, value);
}

/**
 * `y[r] = (s[r] − mean)·inverse·gain + bias` over the last axis of `[R, columns]`, where `inverse = 1/√(variance + epsilon)`.
 * `s` is `x`, or `x + branch`, kept in `sum`, unless `branch` is offset 0. Without `mean` and `bias` (offsets 0): by
 * the root mean square. Range: rows.
 */
export function norm(
  x: usize, branch: usize, gain: usize, bias: usize, sum: usize, y: usize, inverse: usize, mean: usize,
  columns: u32, epsilon: f32, start: u32, end: u32,
): void {
  const whole = columns & ~3;
  const rest = columns & 3;
  for (; start < end; start++) {
    const at = 4 * start * columns;
    let from = x + at;
    if (branch) {
      addRow(from, branch + at, sum + at, columns);
      from = sum + at;
    }
    let middle: f32 = 0;
    if (mean) {
      middle = (rowSum(from, columns) / (columns as f64)) as f32;
      store<f32>(mean + 4 * start, middle);
    }
    const scale: f32 = 1 / sqrt<f32>(squaresAround(from, columns, middle) / (columns as f32) + epsilon);
    store<f32>(inverse + 4 * start, scale);
    const centre = f32x4.splat(middle), by = f32x4.splat(scale);
    const to = y + at;
    for (let j: u32 = 0; j < 4 * whole; j += 16) normalise(from + j, gain + j, bias ? bias + j : 0, to + j, centre, by, 4);
    const j = 4 * whole;
    if (rest) normalise(from + j, gain + j, bias ? bias + j : 0, to + j, centre, by, rest);
  }
}

/** What one row's gradient needs: with g = dy·gain and x̂ the normalised row, dx = inverse·(g − mean(g) − x̂·mean(g·x̂)). */
@inline
function gradientRow(
  dy: usize, dSum: usize, x: usize, gain: usize, dx: usize, dGain: usize, dBias: usize,
  columns: u32, inverse: f32, mean: f32, isFirst: bool,
): void {
  const whole = columns & ~3;
  const rest = columns & 3;
  const centre = f32x4.splat(mean), by = f32x4.splat(inverse);
  let sum = f32x4.splat(0), dot = sum;
  for (let j: u32 = 0; j < 4 * whole; j += 16) {
    const g = f32x4.mul(v128.load(dy + j), v128.load(gain + j));
    sum = f32x4.add(sum, g);
    dot = fma(g, f32x4.mul(f32x4.sub(v128.load(x + j), centre), by), dot);
  }
  if (rest) {
    const j = 4 * whole;
    // Beyond the row gain and dy are 0, and so is g.
    const g = f32x4.mul(loadSome(dy + j, rest), loadSome(gain + j, rest));
    sum = f32x4.add(sum, g);
    dot = fma(g, f32x4.mul(f32x4.sub(loadSome(x + j, rest), centre), by), dot);
  }
  const meanOfG = f32x4.splat(dBias ? sumLanes(sum) / (columns as f32) : 0);
  const meanOfDot = f32x4.splat(sumLanes(dot) / (columns as f32));
  for (let j: u32 = 0; j < 4 * whole; j += 16) {
    gradient4(dy, dSum, x, gain, dx, dGain, dBias, j, centre, by, meanOfG, meanOfDot, isFirst, 4);
  }
  if (rest) gradient4(dy, dSum, x, gain, dx, dGain, dBias, 4 * whole, centre, by, meanOfG, meanOfDot, isFirst, rest);
}

/** Up to 4 elements of a row: its gradient, and what it adds to those of gain and bias. */
@inline
function gradient4(
  dy: usize, dSum: usize, x: usize, gain: usize, dx: usize, dGain: usize, dBias: usize, j: u32,
  centre: v128, by: v128, meanOfG: v128, meanOfDot: v128, isFirst: bool, width: u32,
): void {
  const d = loadSome(dy + j, width);
  const g = f32x4.mul(d, loadSome(gain + j, width));
  const hat = f32x4.mul(f32x4.sub(loadSome(x + j, width), centre), by);
  let value = f32x4.mul(by, fnma(hat, meanOfDot, f32x4.sub(g, meanOfG)));
  if (dSum) value = f32x4.add(loadSome(dSum + j, width), value);
  storeSome(dx + j, width, value);
  const forGain = isFirst ? f32x4.mul(d, hat) : fma(d, hat, loadSome(dGain + j, width));
  storeSome(dGain + j, width, forGain);
  if (dBias) storeSome(dBias + j, width, isFirst ? d : f32x4.add(loadSome(dBias + j, width), d));
}

/**
 * Gradients of `norm`: `dx`, with `dSum` added unless it is offset 0, and the sums of those to gain and bias over each
 * panel of rows, `[⌈rows/panel⌉, columns]`. Without `mean` and `dBias` (offsets 0): by the root mean square.
 * Range: panels.
 */
export function normGradient(
  dy: usize, dSum: usize, x: usize, gain: usize, inverse: usize, mean: usize, dx: usize, dGain: usize, dBias: usize,
  rows: u32, columns: u32, panel: u32, start: u32, end: u32,
): void {
  for (; start < end; start++) {
    const first = start * panel;
    const last = min(rows, first + panel);
    const forGain = dGain + 4 * start * columns;
    const forBias = dBias ? dBias + 4 * start * columns : 0;
    for (let r = first; r < last; r++) {
      const at = 4 * r * columns;
      const fromSum = dSum ? dSum + at : 0;
      const scale = load<f32>(inverse + 4 * r);
      const middle: f32 = mean ? load<f32>(mean + 4 * r) : 0;
      gradientRow(dy + at, fromSum, x + at, gain, dx + at, forGain, forBias, columns, scale, middle, r == first);
    }
  }
}
