/** One query's row of a tile: from products to weights, and from weights and their gradients to those of the products. */
import { choose } from "../fma";
import { keptLanes, seedLanes } from "../fused/dropout";
import { sumLanes } from "../lanes";
import { exp4 } from "../math/exp";
import { Problem } from "./problem";
import { visibleLanes } from "./visit";

/** Below every logit: finite, so that the difference of two is a number. */
export const LOWEST: f32 = -3.4e38;

/** The greatest of the visible logits of a row, keys `first` to `last` (multiples of 4). */
@inline
function greatest(row: usize, first: u32, last: u32, scale: v128, masked: bool, bits: u64): f32 {
  const lowest = f32x4.splat(LOWEST);
  let most = lowest;
  for (let k = first; k < last; k += 4) {
    let x = f32x4.mul(v128.load(row + 4 * k), scale);
    if (masked) x = choose(x, lowest, visibleLanes(bits, k));
    // One instruction, where `max` takes care of NaN: that of a logit comes out in its weight.
    most = f32x4.pmax(most, x);
  }
  most = f32x4.pmax(most, v128.shuffle<f32>(most, most, 2, 3, 0, 1));
  return f32x4.extract_lane(f32x4.pmax(most, v128.shuffle<f32>(most, most, 1, 0, 3, 2)), 0);
}

/** Turns logits into `exp(logit − maximum)`, 0 where hidden; returns their sum. */
@inline
function weigh(row: usize, first: u32, last: u32, scale: v128, maximum: f32, masked: bool, bits: u64): f32 {
  const shift = f32x4.splat(maximum);
  let sum = f32x4.splat(0);
  for (let k = first; k < last; k += 4) {
    let weight = exp4(f32x4.sub(f32x4.mul(v128.load(row + 4 * k), scale), shift));
    if (masked) weight = v128.and(weight, visibleLanes(bits, k));
    v128.store(row + 4 * k, weight);
    sum = f32x4.add(sum, weight);
  }
  return sumLanes(sum);
}

/**
 * Online softmax of one row: its weights under the new maximum, with the maximum and the sum so far carried on.
 *
 * @returns what earlier weights shrink by.
 */
export function weighRow(
  row: usize, first: u32, last: u32, masked: bool, bits: u64, scale: f32, maximum: usize, sum: usize,
): f32 {
  const by = f32x4.splat(scale);
  const before = load<f32>(maximum);
  const own = masked ? greatest(row, first, last, by, true, bits) : greatest(row, first, last, by, false, bits);
  const now = own > before ? own : before;
  const total = masked ? weigh(row, first, last, by, now, true, bits) : weigh(row, first, last, by, now, false, bits);
  // What there was is nothing at first, whatever it shrinks by.
  const shrink: f32 = before == now || before == LOWEST ? 1 : f32x4.extract_lane(exp4(f32x4.splat(before - now)), 0);
  store<f32>(maximum, now);
  store<f32>(sum, load<f32>(sum) * shrink + total);
  return shrink;
}

/** Dropout on a row of weights. @param index - that of key 0 of the tile in `[B, H, Q, K]`. */
export function dropRow(p: Problem, row: usize, first: u32, last: u32, index: u32): void {
  const seeds = seedLanes(p.dropoutSeed);
  const by = f32x4.splat(p.dropoutScale);
  let indices = i32x4.add(i32x4.splat(index + first), i32x4(0, 1, 2, 3));
  for (let k = first; k < last; k += 4) {
    const factor = v128.and(by, keptLanes(indices, seeds, p.dropoutThreshold));
    v128.store(row + 4 * k, f32x4.mul(v128.load(row + 4 * k), factor));
    indices = i32x4.add(indices, i32x4.splat(4));
  }
}

/**
 * The backward pass of one row: logits become weights (after dropout, what the values were multiplied by), and the
 * gradients of those become the gradients of the logits times `by`, 0 where hidden.
 *
 * @param correction - Σ gradient of the output · output.
 */
export function differentiateRow(
  p: Problem, row: usize, gradients: usize, first: u32, last: u32, bits: u64,
  scale: f32, logSumExp: f32, correction: f32, by: f32, index: u32,
): void {
  const scales = f32x4.splat(scale);
  const times = f32x4.splat(by);
  const shift = f32x4.splat(logSumExp);
  const less = f32x4.splat(correction);
  const kept = f32x4.splat(p.dropoutScale);
  const dropping = p.dropping != 0;
  const seeds = seedLanes(p.dropoutSeed);
  let indices = i32x4.add(i32x4.splat(index + first), i32x4(0, 1, 2, 3));
  for (let k = first; k < last; k += 4) {
    const visible = visibleLanes(bits, k);
    const weight = v128.and(exp4(f32x4.sub(f32x4.mul(v128.load(row + 4 * k), scales), shift)), visible);
    let used = weight;
    let gradient = v128.load(gradients + 4 * k);
    if (dropping) {
      const factor = v128.and(kept, keptLanes(indices, seeds, p.dropoutThreshold));
      used = f32x4.mul(used, factor);
      gradient = f32x4.mul(gradient, factor);
      indices = i32x4.add(indices, i32x4.splat(4));
    }
    v128.store(row + 4 * k, used);
    // What stands beside the products of hidden keys may be NaN.
    v128.store(gradients + 4 * k, v128.and(f32x4.mul(f32x4.mul(weight, f32x4.sub(gradient, less)), times), visible));
  }
}

/** `count` zeros: rows are short, and the instruction that fills memory is a call. */
export function clear(row: usize, count: u32): void {
  const zeros = f32x4.splat(0);
  let k: u32 = 0;
  for (; k + 4 <= count; k += 4) v128.store(row + 4 * k, zeros);
  for (; k < count; k++) store<f32>(row + 4 * k, 0);
}

/** `row[k] *= by` for `count` floats, a multiple of 4. */
export function scaleRow(row: usize, count: u32, by: f32): void {
  const factor = f32x4.splat(by);
  for (let k: u32 = 0; k < count; k += 4) v128.store(row + 4 * k, f32x4.mul(v128.load(row + 4 * k), factor));
}

/** Copies a row of `count` floats, multiplied. */
export function copyScaled(from: usize, to: usize, count: u32, by: f32): void {
  const factor = f32x4.splat(by);
  let k: u32 = 0;
  for (; k + 4 <= count; k += 4) v128.store(to + 4 * k, f32x4.mul(v128.load(from + 4 * k), factor));
  for (; k < count; k++) store<f32>(to + 4 * k, load<f32>(from + 4 * k) * by);
}

/** Σ a·b of two rows. */
export function dotRows(a: usize, b: usize, count: u32): f32 {
  let sums = f32x4.splat(0);
  let k: u32 = 0;
  for (; k + 4 <= count; k += 4) sums = f32x4.add(sums, f32x4.mul(v128.load(a + 4 * k), v128.load(b + 4 * k)));
  let sum = sumLanes(sums);
  for (; k < count; k++) sum += load<f32>(a + 4 * k) * load<f32>(b + 4 * k);
  return sum;
}
