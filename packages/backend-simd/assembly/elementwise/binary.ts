import { loadPart, storePart } from "../lanes";

/** First codes of `src/wasm/codes.ts` that compare float32, and that combine bools; those below compute float32. */
const COMPARISONS: u32 = 7;
const LOGICAL: u32 = 13;

/** Returns the result of an operation in each lane; a constant code leaves one branch of it after inlining. */
@inline
function apply(code: u32, a: v128, b: v128): v128 {
  if (code == 0) return f32x4.add(a, b);
  if (code == 1) return f32x4.sub(a, b);
  if (code == 2) return f32x4.mul(a, b);
  if (code == 3) return f32x4.div(a, b);
  if (code == 4) return f32x4.max(a, b);
  if (code == 5) return f32x4.min(a, b);
  if (code == 6) return f32x4.mul(f32x4.sub(a, b), f32x4.sub(a, b));
  if (code == 7) return f32x4.eq(a, b);
  if (code == 8) return f32x4.ne(a, b);
  if (code == 9) return f32x4.lt(a, b);
  if (code == 10) return f32x4.le(a, b);
  if (code == 11) return f32x4.gt(a, b);
  if (code == 12) return f32x4.ge(a, b);
  if (code == 13) return v128.and(a, b);
  if (code == 14) return v128.or(a, b);
  return v128.xor(a, b);
}

/** Computes one row; `isSplat` says which operand is one value for the whole row. */
@inline
function computeRow(code: u32, a: usize, isSplatA: bool, b: usize, isSplatB: bool, y: usize, count: u32): void {
  const one = f32x4.splat(1);
  const x = v128.load_splat<f32>(a);
  const z = v128.load_splat<f32>(b);
  const end = y + 4 * ((count & ~3) as usize);
  for (; y < end; y += 16) {
    v128.store(y, apply(code, isSplatA ? x : v128.load(a), isSplatB ? z : v128.load(b)));
    if (!isSplatA) a += 16;
    if (!isSplatB) b += 16;
  }
  const rest = count & 3;
  if (!rest) return;
  const left = isSplatA ? x : loadPart(a, rest, one);
  storePart(y, rest, apply(code, left, isSplatB ? z : loadPart(b, rest, one)));
}

@inline
function compute(code: u32, a: usize, aColumn: u32, b: usize, bColumn: u32, y: usize, count: u32): void {
  if (aColumn) {
    if (bColumn) computeRow(code, a, false, b, false, y, count);
    else computeRow(code, a, false, b, true, y, count);
  } else if (bColumn) computeRow(code, a, true, b, false, y, count);
  else computeRow(code, a, true, b, true, y, count);
}

@inline
function compare(code: u32, a: usize, aColumn: u32, b: usize, bColumn: u32, y: usize, count: u32): void {
  const x = v128.load_splat<f32>(a);
  const z = v128.load_splat<f32>(b);
  const end = y + count;
  for (; y + 4 <= end; y += 4, a += 16 * aColumn, b += 16 * bColumn) {
    const mask = apply(code, aColumn ? v128.load(a) : x, bColumn ? v128.load(b) : z);
    const words = i16x8.narrow_i32x4_s(mask, mask);
    v128.store_lane<u32>(y, v128.and(i8x16.narrow_i16x8_s(words, words), i8x16.splat(1)), 0);
  }
  for (; y < end; y++, a += 4 * aColumn, b += 4 * bColumn) {
    store<bool>(y, v128.any_true(apply(code, v128.load_splat<f32>(a), v128.load_splat<f32>(b))));
  }
}

@inline
function combine(code: u32, a: usize, aColumn: u32, b: usize, bColumn: u32, y: usize, count: u32): void {
  const x = v128.load_splat<u8>(a);
  const z = v128.load_splat<u8>(b);
  const end = y + count;
  for (; y + 16 <= end; y += 16, a += 16 * aColumn, b += 16 * bColumn) {
    v128.store(y, apply(code, aColumn ? v128.load(a) : x, bColumn ? v128.load(b) : z));
  }
  for (; y < end; y++, a += aColumn, b += bColumn) {
    v128.store_lane<u8>(y, apply(code, v128.load_splat<u8>(a), v128.load_splat<u8>(b)), 0);
  }
}

function runRow(code: u32, a: usize, aColumn: u32, b: usize, bColumn: u32, y: usize, count: u32): void {
  switch (code) {
    case 0: return compute(0, a, aColumn, b, bColumn, y, count);
    case 1: return compute(1, a, aColumn, b, bColumn, y, count);
    case 2: return compute(2, a, aColumn, b, bColumn, y, count);
    case 3: return compute(3, a, aColumn, b, bColumn, y, count);
    case 4: return compute(4, a, aColumn, b, bColumn, y, count);
    case 5: return compute(5, a, aColumn, b, bColumn, y, count);
    case 6: return compute(6, a, aColumn, b, bColumn, y, count);
    case 7: return compare(7, a, aColumn, b, bColumn, y, count);
    case 8: return compare(8, a, aColumn, b, bColumn, y, count);
    case 9: return compare(9, a, aColumn, b, bColumn, y, count);
    case 10: return compare(10, a, aColumn, b, bColumn, y, count);
    case 11: return compare(11, a, aColumn, b, bColumn, y, count);
    case 12: return compare(12, a, aColumn, b, bColumn, y, count);
    case 13: return combine(13, a, aColumn, b, bColumn, y, count);
    case 14: return combine(14, a, aColumn, b, bColumn, y, count);
    case 15: return combine(15, a, aColumn, b, bColumn, y, count);
    default: unreachable();
  }
}

/**
 * `y[r, j] = a[r·aRow + j·aColumn] ∘ b[r·bRow + j·bColumn]`: `code` from `binaryCodes` of float32, from `compareCodes` of
 * float32 to bool, from `logicalCodes` of bools.
 *
 * Steps are in elements; a column step is 0 or 1. Same shape: one row with both column steps 1. A scalar: both
 * steps 0. `[R, M] ∘ [M]`: row step 0. `[R, M] ∘ [R, 1]`: row step 1 and column step 0.
 *
 * @param columns - `M`, at least 1. @param start - element of `y`.
 */
export function binary(
  code: u32, a: usize, aRow: u32, aColumn: u32, b: usize, bRow: u32, bColumn: u32, y: usize,
  columns: u32, start: u32, end: u32,
): void {
  const from: usize = code < LOGICAL ? 4 : 1;
  const to: usize = code < COMPARISONS ? 4 : 1;
  let row = start / columns;
  let column = start - row * columns;
  for (; start < end; row++) {
    const count = min(columns - column, end - start);
    const left = a + from * (row * aRow + column * aColumn);
    runRow(code, left, aColumn, b + from * (row * bRow + column * bColumn), bColumn, y + to * start, count);
    start += count;
    column = 0;
  }
}
