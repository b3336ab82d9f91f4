import { loadPart, maxLanes, storePart, sumLanes } from "../lanes";
import { exp4 } from "../math/exp";
import { scaleRow } from "./softmax";

/** All ones in the lanes whose byte of `visible` is not 0. */
@inline
function maskOf(bytes: v128): v128 {
  return i32x4.ne(i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(bytes)), i32x4.splat(0));
}

@inline
function partOfMask(visible: usize, count: u32): v128 {
  let bytes = v128.load_lane<u8>(visible, i32x4.splat(0), 0);
  if (count > 1) bytes = v128.load_lane<u8>(visible + 1, bytes, 1);
  if (count > 2) bytes = v128.load_lane<u8>(visible + 2, bytes, 2);
  return maskOf(bytes);
}

/** `scale·score` where the mask shows it, else −∞. */
@inline
function logits(score: v128, scale: v128, mask: v128): v128 {
  return v128.bitselect(f32x4.mul(score, scale), f32x4.splat(f32.NEGATIVE_INFINITY), mask);
}

/** Writes the logits of a row into `y` and returns the greatest. */
@inline
function logitsRow(x: usize, visible: usize, y: usize, count: u32, scale: v128): f32 {
  let greatest = f32x4.splat(f32.NEGATIVE_INFINITY);
  const end = y + 4 * ((count & ~3) as usize);
  for (; y < end; x += 16, y += 16, visible += 4) {
    const value = logits(v128.load(x), scale, maskOf(v128.load_zero<u32>(visible)));
    greatest = f32x4.pmax(greatest, value);
    v128.store(y, value);
  }
  const rest = count & 3;
  if (rest) {
    const value = logits(loadPart(x, rest, f32x4.splat(0)), scale, partOfMask(visible, rest));
    greatest = f32x4.pmax(greatest, value);
    storePart(y, rest, value);
  }
  return maxLanes(greatest);
}

/** Replaces logits by exp(logit − greatest), exactly 0 at −∞, and returns their sum. */
@inline
function expLogitsRow(y: usize, count: u32, greatest: f32): f32 {
  const hidden = f32x4.splat(f32.NEGATIVE_INFINITY);
  const shift = f32x4.splat(greatest);
  let sum = f32x4.splat(0);
  const end = y + 4 * ((count & ~3) as usize);
  for (; y < end; y += 16) {
    const value = v128.load(y);
    const e = v128.andnot(exp4(f32x4.sub(value, shift)), f32x4.eq(value, hidden));
    sum = f32x4.add(sum, e);
    v128.store(y, e);
  }
  const rest = count & 3;
  if (rest) {
    const value = loadPart(y, rest, hidden);
    const e = v128.andnot(exp4(f32x4.sub(value, shift)), f32x4.eq(value, hidden));
    sum = f32x4.add(sum, e);
    storePart(y, rest, e);
  }
  return sumLanes(sum);
}

/** Makes what a row shows NaN: one of its scores is. */
function poisonRow(x: usize, visible: usize, y: usize, count: u32, scale: f32): void {
  for (let k: u32 = 0; k < count; k++) {
    const isShown = load<u8>(visible + k) != 0 && load<f32>(x + 4 * k) * scale != f32.NEGATIVE_INFINITY;
    store<f32>(y + 4 * k, isShown ? f32.NaN : (0 as f32));
  }
}

/**
 * Softmax over the visible keys of `scale·scores`, `[B, H, Q, K]`; a row with nothing visible is exactly 0.
 *
 * A hidden score has no influence, whatever it holds (NaN too).
 *
 * @param visible - bool; its element is at `b·visibleBatch + h·visibleHead + q·K + k` (a step is 0 where it broadcasts).
 * @param start - row, counted over `B·H·Q`.
 */
export function maskedSoftmax(
  scores: usize, visible: usize, y: usize, heads: u32, queries: u32, keys: u32,
  visibleBatch: u32, visibleHead: u32, scale: f32, start: u32, end: u32,
): void {
  const by = f32x4.splat(scale);
  for (; start < end; start++) {
    const plane = start / queries;
    const batch = plane / heads;
    const head = plane - batch * heads;
    const offset = (start - plane * queries) * keys;
    const shown = visible + batch * visibleBatch + head * visibleHead + offset;
    const to = y + 4 * start * keys;
    const greatest = logitsRow(scores + 4 * start * keys, shown, to, keys, by);
    // Around 0 a row with nothing visible sums to exactly 0 and stays so, and one whose visible scores are NaN is NaN.
    const sum = expLogitsRow(to, keys, greatest == f32.NEGATIVE_INFINITY ? 0 : greatest);
    if (isNaN(sum)) poisonRow(scores + 4 * start * keys, shown, to, keys, scale);
    else if (sum != 0) scaleRow(to, to, keys, 1 / sum);
  }
}
