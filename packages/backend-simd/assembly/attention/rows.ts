/** One query's row of a tile: from products to weights, and from weights and their gradients to those of the products. */
import { choose, fma } from "../fma";
import { keptLanes, seedLanes } from "../fused/dropout";
import { loadPart, storePart, sumLanes } from "../lanes";
import { exp4, expOfWeight4 } from "../math/exp";
import { Cursor } from "./cursor";
import { Problem, roundUp } from "./problem";
import { visibleLanes } from "./visit";

/** Below every logit: finite, so that the difference of two is a number. */
export const LOWEST: f32 = -3.4e38;

/** The greatest lane, in one instruction where `max` takes care of NaN: that of a logit comes out in its weight. */
@inline
function greatestLane(most: v128): f32 {
  most = f32x4.pmax(most, v128.shuffle<f32>(most, most, 2, 3, 0, 1));
  return f32x4.extract_lane(f32x4.pmax(most, v128.shuffle<f32>(most, most, 1, 0, 3, 2)), 0);
}

/** The greatest of the logits of a row, keys `first` to `last`. */
export function greatest(row: usize, first: u32, last: u32, scale: f32): f32 {
  // Rounding keeps the order, so that a factor above 0 can come last.
  if (scale > 0) {
    const most = greatestTimes(row, first, last, 1, true);
    return most == LOWEST ? LOWEST : max(most * scale, LOWEST);
  }
  return greatestTimes(row, first, last, scale, false);
}

@inline
function logits4(at: usize, by: v128, isOne: bool): v128 {
  const logits = v128.load(at);
  return isOne ? logits : f32x4.mul(logits, by);
}

@inline
function greatestTimes(row: usize, first: u32, last: u32, scale: f32, isOne: bool): f32 {
  const by = f32x4.splat(scale), lowest = f32x4.splat(LOWEST);
  let most = lowest, other = lowest, third = lowest, fourth = lowest;
  let at = row + 4 * first;
  const end = row + 4 * last;
  for (; at + 64 <= end; at += 64) {
    most = f32x4.pmax(most, logits4(at, by, isOne));
    other = f32x4.pmax(other, logits4(at + 16, by, isOne));
    third = f32x4.pmax(third, logits4(at + 32, by, isOne));
    fourth = f32x4.pmax(fourth, logits4(at + 48, by, isOne));
  }
  for (; at + 16 <= end; at += 16) most = f32x4.pmax(most, logits4(at, by, isOne));
  if (at < end) {
    const rest = loadPart(at, ((end - at) / 4) as u32, lowest);
    other = f32x4.pmax(other, isOne ? rest : f32x4.mul(rest, by));
  }
  return greatestLane(f32x4.pmax(f32x4.pmax(most, third), f32x4.pmax(other, fourth)));
}

/** As `greatest`, of those whose bits are set. */
export function greatestSeen(row: usize, first: u32, last: u32, scale: f32, bits: u64): f32 {
  const by = f32x4.splat(scale);
  const lowest = f32x4.splat(LOWEST);
  let most = lowest;
  for (let k = first; k < last; k += 4) {
    most = f32x4.pmax(most, choose(f32x4.mul(v128.load(row + 4 * k), by), lowest, visibleLanes(bits, k)));
  }
  return greatestLane(most);
}

/** Turns logits into `exp(logit·scale − maximum)`; returns their sum. */
export function weigh(row: usize, first: u32, last: u32, scale: f32, maximum: f32): f32 {
  const by = f32x4.splat(scale);
  const shift = f32x4.splat(-maximum);
  let sum = f32x4.splat(0);
  const end = row + 4 * last;
  let at = row + 4 * first;
  for (; at + 16 <= end; at += 16) {
    const weight = expOfWeight4(fma(v128.load(at), by, shift));
    v128.store(at, weight);
    sum = f32x4.add(sum, weight);
  }
  if (at < end) {
    const rest = ((end - at) / 4) as u32;
    storePart(at, rest, expOfWeight4(fma(loadPart(at, rest, f32x4.splat(0)), by, shift)));
    sum = f32x4.add(sum, loadPart(at, rest, f32x4.splat(0)));
  }
  return sumLanes(sum);
}

/** As `weigh`, with 0 for those whose bits are not set. */
export function weighSeen(row: usize, first: u32, last: u32, scale: f32, maximum: f32, bits: u64): f32 {
  const by = f32x4.splat(scale);
  const shift = f32x4.splat(-maximum);
  let sum = f32x4.splat(0);
  for (let k = first; k < last; k += 4) {
    const weight = v128.and(expOfWeight4(fma(v128.load(row + 4 * k), by, shift)), visibleLanes(bits, k));
    v128.store(row + 4 * k, weight);
    sum = f32x4.add(sum, weight);
  }
  return sumLanes(sum);
}

/** Adds a number to each of `count` floats of a row, a multiple of 4. */
export function addToRow(row: usize, count: u32, value: f32): void {
  const more = f32x4.splat(value);
  for (const end = row + 4 * count; row < end; row += 16) v128.store(row, f32x4.add(v128.load(row), more));
}

/** The sum of `count` floats of a row. */
export function sumOf(row: usize, count: u32): f32 {
  let sum = f32x4.splat(0), other = sum, third = sum, fourth = sum;
  const end = row + 4 * count;
  for (; row + 64 <= end; row += 64) {
    sum = f32x4.add(sum, v128.load(row));
    other = f32x4.add(other, v128.load(row, 16));
    third = f32x4.add(third, v128.load(row, 32));
    fourth = f32x4.add(fourth, v128.load(row, 48));
  }
  for (; row + 16 <= end; row += 16) sum = f32x4.add(sum, v128.load(row));
  if (row < end) other = f32x4.add(other, loadPart(row, ((end - row) / 4) as u32, f32x4.splat(0)));
  return sumLanes(f32x4.add(f32x4.add(sum, third), f32x4.add(other, fourth)));
}

/** The sum of keys `first` to `last` (multiples of 4) of a row, with 0 written for those whose bits are not set. */
export function sumSeen(row: usize, first: u32, last: u32, bits: u64): f32 {
  let sum = f32x4.splat(0);
  for (let k = first; k < last; k += 4) {
    const weight = v128.and(v128.load(row + 4 * k), visibleLanes(bits, k));
    v128.store(row + 4 * k, weight);
    sum = f32x4.add(sum, weight);
  }
  return sumLanes(sum);
}

/**
 * Carries on the maximum of a row and the sum of its weights.
 *
 * @param own - the maximum with what is new. @param total - the sum of the new weights under it.
 * @returns what earlier weights shrink by.
 */
@inline
export function carryOn(maximum: usize, sum: usize, own: f32, total: f32): f32 {
  const before = load<f32>(maximum);
  // What there was is nothing at first, whatever it shrinks by.
  const shrink: f32 = before == own || before == LOWEST ? 1 : f32x4.extract_lane(exp4(f32x4.splat(before - own)), 0);
  store<f32>(maximum, own);
  store<f32>(sum, load<f32>(sum) * shrink + total);
  return shrink;
}

/**
 * Online softmax of the logits of a query of the block, keys `fromKey` to `toKey` of the visit: weights under the new
 * maximum, with the maximum and the sum so far carried on.
 *
 * @returns what earlier weights shrink by.
 */
export function weighRow(c: Cursor, row: u32, logits: usize, bits: u64): f32 {
  const first = c.fromKey, last = roundUp(c.toKey, 4);
  const masked = c.visit.bits != 0 || (c.toKey & 3) != 0;
  const scale: f32 = c.biasKind ? 1 : c.scale;
  const before = load<f32>(c.maximum + 4 * row);
  const own = masked ? greatestSeen(logits, first, last, scale, bits) : greatest(logits, first, last, scale);
  const now = own > before ? own : before;
  const total = masked ? weighSeen(logits, first, last, scale, now, bits) : weigh(logits, first, last, scale, now);
  return carryOn(c.maximum + 4 * row, c.sum + 4 * row, now, total);
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

/** `count` zeros: rows are short, and the instruction that fills memory is a call. */
export function clear(row: usize, count: u32): void {
  const zeros = f32x4.splat(0);
  let k: u32 = 0;
  for (; k + 4 <= count; k += 4) v128.store(row + 4 * k, zeros);
  for (; k < count; k++) store<f32>(row + 4 * k, 0);
}

/** Zeros in a row of `count` keys beyond keys `from` to `to`. */
@inline
export function clearBeside(row: usize, from: u32, to: u32, count: u32): void {
  clear(row, from);
  if (to < count) clear(row + 4 * to, count - to);
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
