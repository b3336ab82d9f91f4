/** The last 1 to 3 elements of a run go through the same vector code as the rest, so no result depends on a cut. */

/** `count` (1 to 3) elements at `p`; the other lanes come from `rest`. */
@inline
export function loadPart(p: usize, count: u32, rest: v128): v128 {
  rest = v128.load_lane<u32>(p, rest, 0);
  if (count > 1) rest = v128.load_lane<u32>(p + 4, rest, 1);
  if (count > 2) rest = v128.load_lane<u32>(p + 8, rest, 2);
  return rest;
}

/** Stores the first `count` (1 to 3) lanes at `p`. */
@inline
export function storePart(p: usize, count: u32, value: v128): void {
  v128.store_lane<u32>(p, value, 0);
  if (count > 1) v128.store_lane<u32>(p + 4, value, 1);
  if (count > 2) v128.store_lane<u32>(p + 8, value, 2);
}

/** As `loadPart`, of 1 to 4 elements; the other lanes are 0. */
@inline
export function loadSome(p: usize, count: u32): v128 {
  return count == 4 ? v128.load(p) : loadPart(p, count, f32x4.splat(0));
}

/** As `storePart`, of 1 to 4 lanes. */
@inline
export function storeSome(p: usize, count: u32, value: v128): void {
  if (count == 4) v128.store(p, value);
  else storePart(p, count, value);
}

/** Stores 4 rows of 4 as 4 columns, `step` bytes from one to the next. */
@inline
export function storeTransposed(p: usize, step: usize, r0: v128, r1: v128, r2: v128, r3: v128): void {
  const t0 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5), t1 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
  const t2 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5), t3 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
  v128.store(p, v128.shuffle<f32>(t0, t2, 0, 1, 4, 5));
  v128.store(p + step, v128.shuffle<f32>(t0, t2, 2, 3, 6, 7));
  v128.store(p + 2 * step, v128.shuffle<f32>(t1, t3, 0, 1, 4, 5));
  v128.store(p + 3 * step, v128.shuffle<f32>(t1, t3, 2, 3, 6, 7));
}

/** The sum of the lanes, pairwise. */
@inline
export function sumLanes(x: v128): f32 {
  const pairs = f32x4.add(x, v128.shuffle<f32>(x, x, 2, 3, 0, 1));
  return f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1);
}

/** The greatest lane; NaN if any is. */
@inline
export function maxLanes(x: v128): f32 {
  const pairs = f32x4.max(x, v128.shuffle<f32>(x, x, 2, 3, 0, 1));
  return max(f32x4.extract_lane(pairs, 0), f32x4.extract_lane(pairs, 1));
}

/** The least lane; NaN if any is. */
@inline
export function minLanes(x: v128): f32 {
  const pairs = f32x4.min(x, v128.shuffle<f32>(x, x, 2, 3, 0, 1));
  return min(f32x4.extract_lane(pairs, 0), f32x4.extract_lane(pairs, 1));
}

/** Copies `count` 4-byte elements. */
@inline
export function copyWords(x: usize, y: usize, count: u32): void {
  const whole = x + 4 * ((count & ~3) as usize);
  const end = x + 4 * (count as usize);
  for (; x < whole; x += 16, y += 16) v128.store(y, v128.load(x));
  for (; x < end; x += 4, y += 4) store<u32>(y, load<u32>(x));
}
