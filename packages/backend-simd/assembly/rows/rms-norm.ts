import { fma, fnma } from "../fma";
import { loadPart, storePart, sumLanes } from "../lanes";
import { dotRow } from "./softmax";

export function rmsNorm(
  x: usize, gain: usize, y: usize, inverseRms: usize, columns: u32, epsilon: f32, start: u32, end: u32,
): void {
  for (; start < end; start++) {
    const from = x + 4 * start * columns;
    const to = y + 4 * start * columns;
    const inverse: f32 = 1 / sqrt<f32>(dotRow(from, from, columns) / (columns as f32) + epsilon);
    store<f32>(inverseRms + 4 * start, inverse);
    const by = f32x4.splat(inverse);
    let j: u32 = 0;
    for (; j + 4 <= columns; j += 4) {
      v128.store(to + 4 * j, f32x4.mul(f32x4.mul(v128.load(from + 4 * j), by), v128.load(gain + 4 * j)));
    }
    for (; j < columns; j++) store<f32>(to + 4 * j, load<f32>(from + 4 * j) * inverse * load<f32>(gain + 4 * j));
  }
}

/** One row: with g = dy·gain and x̂ = x·inverse, dx = inverse·(g − x̂·mean(g·x̂)). */
@inline
function gradientRow(dy: usize, x: usize, gain: usize, dx: usize, count: u32, inverse: f32): void {
  const by = f32x4.splat(inverse);
  const zero = f32x4.splat(0);
  const whole = count & ~3;
  const rest = count & 3;
  let dot = zero;
  for (let j: u32 = 0; j < whole; j += 4) {
    const g = f32x4.mul(v128.load(dy + 4 * j), v128.load(gain + 4 * j));
    dot = fma(g, f32x4.mul(v128.load(x + 4 * j), by), dot);
  }
  if (rest) {
    const g = f32x4.mul(loadPart(dy + 4 * whole, rest, zero), loadPart(gain + 4 * whole, rest, zero));
    dot = fma(g, f32x4.mul(loadPart(x + 4 * whole, rest, zero), by), dot);
  }
  const mean = f32x4.splat(sumLanes(dot) / (count as f32));
  for (let j: u32 = 0; j < whole; j += 4) {
    const g = f32x4.mul(v128.load(dy + 4 * j), v128.load(gain + 4 * j));
    v128.store(dx + 4 * j, f32x4.mul(by, fnma(f32x4.mul(v128.load(x + 4 * j), by), mean, g)));
  }
  if (rest) {
    const g = f32x4.mul(loadPart(dy + 4 * whole, rest, zero), loadPart(gain + 4 * whole, rest, zero));
    const hat = f32x4.mul(loadPart(x + 4 * whole, rest, zero), by);
    storePart(dx + 4 * whole, rest, f32x4.mul(by, fnma(hat, mean, g)));
  }
}

export function rmsNormGradient(
  dy: usize, x: usize, gain: usize, inverseRms: usize, dx: usize, columns: u32, start: u32, end: u32,
): void {
  for (; start < end; start++) {
    const at = 4 * start * columns;
    gradientRow(dy + at, x + at, gain, dx + at, columns, load<f32>(inverseRms + 4 * start));
  }
}
