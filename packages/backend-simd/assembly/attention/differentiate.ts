/** The gradients of one query's logits, and where that of the bias goes. */
import { keptLanes, seedLanes } from "../fused/dropout";
import { fma } from "../fma";
import { expOfWeight4 } from "../math/exp";
import { Cursor } from "./cursor";
import { addBias, addBiasGradient } from "./logits";
import { DENSE_BIAS, roundUp } from "./problem";
import { clearBeside, scaleRow } from "./rows";
import { Visit, visibleLanes } from "./visit";

/** The bias's gradient of a head: of all rows if it is dense, of one part if it is by distance. */
@inline
function biasGradientOf(c: Cursor): usize {
  if (c.biasKind == DENSE_BIAS) return c.dBias + 4 * ((c.batch * c.heads + c.head) as usize) * c.queries * c.keys;
  return c.dBias + 4 * ((c.batch * c.parts + c.part) * c.heads + c.head) * c.distances;
}

export function clearBiasGradient(c: Cursor): void {
  const to = biasGradientOf(c);
  if (c.biasKind != DENSE_BIAS) {
    memory.fill(to, 0, 4 * c.distances);
    return;
  }
  for (let first = c.part * c.blockQueries; first < c.queries; first += c.parts * c.blockQueries) {
    const rows = min(c.blockQueries, c.queries - first);
    memory.fill(to + 4 * (first as usize) * c.keys, 0, 4 * (rows as usize) * c.keys);
  }
}

/** As `differentiateKeys`, of keys `fromKey` to `toKey` of a visit, with 0 where hidden. */
export function differentiateQuery(c: Cursor, row: u32, place: usize, visit: Visit, bits: u64): void {
  differentiateKeys(c, row, place, visit.start, bits, visit.bits != 0 || (c.toKey & 3) != 0);
  clearGradients(c, place, c.fromKey, roundUp(c.toKey, 4), visit.count);
}

/** Zeros in a row of `count` keys of both tiles beyond keys `from` to `to`. */
export function clearGradients(c: Cursor, place: usize, from: u32, to: u32, count: u32): void {
  clearBeside(c.tile + place, from, to, count);
  clearBeside(c.gradients + place, from, to, count);
}

/**
 * Keys `fromKey` to `toKey`, in whole vectors, of a row of both tiles at `place` in each: logits become weights (after dropout,
 * what the values were multiplied by), and the gradients of those become the gradients of the logits, times the scale where they
 * are not the bias's too.
 *
 * @param start - the key with which the row begins. @param bits - the keys that are seen, if `isMasked`.
 */
export function differentiateKeys(c: Cursor, row: u32, place: usize, start: u32, bits: u64, isMasked: bool): void {
  const weights = c.tile + place, gradients = c.gradients + place;
  const from = c.fromKey, count = c.toKey - from, last = roundUp(c.toKey, 4);
  const key = start + from, inRow = 4 * from;
  if (c.biasKind) addBias(c, row, key, count, weights + inRow);
  if (c.dropping) differentiateRow(c, row, weights, start, bits, isMasked, true, c.areExponentials);
  else if (isMasked) differentiateRow(c, row, weights, start, bits, true, false, c.areExponentials);
  else if (c.areExponentials) differentiateRow(c, row, weights, start, bits, false, false, true);
  else differentiateRow(c, row, weights, start, bits, false, false, false);
  if (c.dBias) {
    addBiasGradient(c, biasGradientOf(c), row, key, count, gradients + inRow);
    scaleRow(gradients + inRow, last - from, c.scale);
  }
}

/** Keys `fromKey` to `toKey` of a row. @param start - the key at `weights`. */
@inline
function differentiateRow(
  c: Cursor, row: u32, weights: usize, start: u32, bits: u64, isMasked: bool, isDropping: bool, areExponentials: bool,
): void {
  const query = c.queryIndex + row;
  const scales = f32x4.splat(c.biasKind ? 1 : c.scale), times = f32x4.splat(c.dBias ? 1 : c.scale);
  const shift = f32x4.splat(-load<f32>(c.logSumExp + 4 * (query as usize)));
  const relative = areExponentials ? v128.load_splat<f32>(c.relative + 4 * row) : shift;
  const less = v128.load_splat<f32>(c.correction + 4 * row);
  const toGradients = c.gradients - c.tile;
  const kept = f32x4.splat(c.dropoutScale), seeds = seedLanes(c.dropoutSeed), threshold = c.dropoutThreshold;
  const from = c.fromKey & ~3, last = roundUp(c.toKey, 4);
  let indices = i32x4.add(i32x4.splat(query * c.keys + start + from), i32x4(0, 1, 2, 3));
  for (let k = from, at = weights + 4 * from; k < last; k += 4, at += 16) {
    const visible = isMasked ? visibleLanes(bits, k) : i32x4.splat(-1);
    const logit = v128.load(at);
    let weight = areExponentials ? f32x4.mul(logit, relative) : expOfWeight4(fma(logit, scales, shift));
    if (isMasked) weight = v128.and(weight, visible);
    let gradient = v128.load(at + toGradients);
    let used = weight;
    if (isDropping) {
      const factor = v128.and(kept, keptLanes(indices, seeds, threshold));
      gradient = f32x4.mul(gradient, factor);
      used = f32x4.mul(weight, factor);
      indices = i32x4.add(indices, i32x4.splat(4));
    }
    v128.store(at, used);
    gradient = f32x4.mul(f32x4.mul(weight, f32x4.sub(gradient, less)), times);
    // What stands beside the products of hidden keys may be NaN.
    v128.store(at + toGradients, isMasked ? v128.and(gradient, visible) : gradient);
  }
}
