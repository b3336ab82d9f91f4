import { fma, fnma } from "../fma";
import { loadPart, storePart, sumLanes } from "../lanes";
import { rowSum } from "./reduce";

/** Σ (x − mean)² over a row. */
@inline
function squaresAround(x: usize, count: u32, mean: f32): f32 {
  const centre = f32x4.splat(mean);
  let sum = f32x4.splat(0);
  const end = x + 4 * ((count & ~3) as usize);
  for (; x < end; x += 16) {
    const d = f32x4.sub(v128.load(x), centre);
    sum = fma(d, d, sum);
  }
  const rest = count & 3;
  if (rest) {
    const d = f32x4.sub(loadPart(x, rest, centre), centre);
    sum = fma(d, d, sum);
  }
  return sumLanes(sum);
}

export function layerNorm(
  x: usize, gain: usize, bias: usize, y: usize, mean: usize, inverseDeviation: usize,
  columns: u32, epsilon: f32, start: u32, end: u32,
): void {
  for (; start < end; start++) {
    const from = x + 4 * start * columns;
    const to = y + 4 * start * columns;
    const centre = (rowSum(from, columns) / (columns as f64)) as f32;
    const inverse: f32 = 1 / sqrt<f32>(squaresAround(from, columns, centre) / (columns as f32) + epsilon);
    store<f32>(mean + 4 * start, centre);
    store<f32>(inverseDeviation + 4 * start, inverse);
    const middle = f32x4.splat(centre);
    const by = f32x4.splat(inverse);
    let j: u32 = 0;
    for (; j + 4 <= columns; j += 4) {
      const hat = f32x4.mul(f32x4.sub(v128.load(from + 4 * j), middle), by);
      v128.store(to + 4 * j, fma(hat, v128.load(gain + 4 * j), v128.load(bias + 4 * j)));
    }
    const rest = columns - j;
    if (rest) {
      const hat = f32x4.mul(f32x4.sub(loadPart(from + 4 * j, rest, middle), middle), by);
      storePart(to + 4 * j, rest, fma(hat, loadPart(gain + 4 * j, rest, by), loadPart(bias + 4 * j, rest, by)));
    }
  }
}

/** One row: with g = dy·gain and x̂ the normalised row, dx = inverse·(g − mean(g) − x̂·mean(g·x̂)). */
@inline
function gradientRow(dy: usize, x: usize, gain: usize, dx: usize, count: u32, mean: f32, inverse: f32): void {
  const middle = f32x4.splat(mean);
  const by = f32x4.splat(inverse);
  const zero = f32x4.splat(0);
  const whole = count & ~3;
  const rest = count & 3;
  let sum = zero, dot = zero;
  for (let j: u32 = 0; j < whole; j += 4) {
    const g = f32x4.mul(v128.load(dy + 4 * j), v128.load(gain + 4 * j));
    sum = f32x4.add(sum, g);
    dot = fma(g, f32x4.mul(f32x4.sub(v128.load(x + 4 * j), middle), by), dot);
  }
  if (rest) {
    const g = f32x4.mul(loadPart(dy + 4 * whole, rest, zero), loadPart(gain + 4 * whole, rest, zero));
    sum = f32x4.add(sum, g);
    dot = fma(g, f32x4.mul(f32x4.sub(loadPart(x + 4 * whole, rest, middle), middle), by), dot);
  }
  const meanOfG = f32x4.splat(sumLanes(sum) / (count as f32));
  const meanOfDot = f32x4.splat(sumLanes(dot) / (count as f32));
  for (let j: u32 = 0; j < whole; j += 4) {
    const g = f32x4.mul(v128.load(dy + 4 * j), v128.load(gain + 4 * j));
    const hat = f32x4.mul(f32x4.sub(v128.load(x + 4 * j), middle), by);
    v128.store(dx + 4 * j, f32x4.mul(by, fnma(hat, meanOfDot, f32x4.sub(g, meanOfG))));
  }
  if (rest) {
    const g = f32x4.mul(loadPart(dy + 4 * whole, rest, zero), loadPart(gain + 4 * whole, rest, zero));
    const hat = f32x4.mul(f32x4.sub(loadPart(x + 4 * whole, rest, middle), middle), by);
    storePart(dx + 4 * whole, rest, f32x4.mul(by, fnma(hat, meanOfDot, f32x4.sub(g, meanOfG))));
  }
}

export function layerNormGradient(
  dy: usize, x: usize, gain: usize, mean: usize, inverseDeviation: usize, dx: usize, columns: u32, start: u32, end: u32,
): void {
  for (; start < end; start++) {
    const at = 4 * start * columns;
    gradientRow(dy + at, x + at, gain, dx + at, columns, load<f32>(mean + 4 * start), load<f32>(inverseDeviation + 4 * start));
  }
}
