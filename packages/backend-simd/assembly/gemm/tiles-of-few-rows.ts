/**
 * Tiles of 1×32, 2×16 and 4×8: 8 sums each, which hides the latency of a multiply-add. One row of a transposed B is
 * bound by the shuffles that turn it, and has 4.
 *
 * Every element is summed in the same order as in `tile.ts`, so a row gives the same bits here and among many.
 */
import { fma } from "../fma";
import { storeRow } from "./tile";

/** 1 row × 32 columns, in 4 panels of 8 columns that lie `bPanel` bytes apart. */
export function tileOfOne(
  k: u32, a: usize, aStep: usize, b: usize, bStep: usize, bPanel: usize, c: usize, addend: usize,
): void {
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0;
  let b1 = b + bPanel, b2 = b1 + bPanel, b3 = b2 + bPanel;
  for (let p: u32 = 0; p < k; p++) {
    const x = v128.load_splat<f32>(a);
    s0 = fma(x, v128.load(b), s0);
    s1 = fma(x, v128.load(b, 16), s1);
    s2 = fma(x, v128.load(b1), s2);
    s3 = fma(x, v128.load(b1, 16), s3);
    s4 = fma(x, v128.load(b2), s4);
    s5 = fma(x, v128.load(b2, 16), s5);
    s6 = fma(x, v128.load(b3), s6);
    s7 = fma(x, v128.load(b3, 16), s7);
    a += aStep;
    b += bStep;
    b1 += bStep;
    b2 += bStep;
    b3 += bStep;
  }
  storeRow(c, addend, s0, s1);
  storeRow(c + 32, addend ? addend + 32 : 0, s2, s3);
  storeRow(c + 64, addend ? addend + 64 : 0, s4, s5);
  storeRow(c + 96, addend ? addend + 96 : 0, s6, s7);
}

/** 1 or 2 rows × 16 columns. A row past the last is computed as a copy of the first and not stored. */
export function tileOfTwo(
  rows: u32, k: u32, a: usize, aStep: usize, aRow: usize, b: usize, bStep: usize, bPanel: usize,
  c: usize, cStep: usize, addend: usize, addendStep: usize,
): void {
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0;
  const a1 = rows > 1 ? aRow : 0;
  let b1 = b + bPanel;
  for (let p: u32 = 0; p < k; p++) {
    const x = v128.load_splat<f32>(a), y = v128.load_splat<f32>(a + a1);
    let z = v128.load(b);
    s0 = fma(x, z, s0);
    s4 = fma(y, z, s4);
    z = v128.load(b, 16);
    s1 = fma(x, z, s1);
    s5 = fma(y, z, s5);
    z = v128.load(b1);
    s2 = fma(x, z, s2);
    s6 = fma(y, z, s6);
    z = v128.load(b1, 16);
    s3 = fma(x, z, s3);
    s7 = fma(y, z, s7);
    a += aStep;
    b += bStep;
    b1 += bStep;
  }
  storeRow(c, addend, s0, s1);
  storeRow(c + 32, addend ? addend + 32 : 0, s2, s3);
  if (rows < 2) return;
  c += cStep;
  if (addend) addend += addendStep;
  storeRow(c, addend, s4, s5);
  storeRow(c + 32, addend ? addend + 32 : 0, s6, s7);
}

/** 1 to 4 rows × 8 columns, otherwise as `tileOfTwo`. */
export function tileOfFour(
  rows: u32, k: u32, a: usize, aStep: usize, aRow: usize, b: usize, bStep: usize,
  c: usize, cStep: usize, addend: usize, addendStep: usize,
): void {
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0;
  const a1 = rows > 1 ? aRow : 0, a2 = rows > 2 ? 2 * aRow : 0, a3 = rows > 3 ? 3 * aRow : 0;
  for (let p: u32 = 0; p < k; p++) {
    const low = v128.load(b), high = v128.load(b, 16);
    let x = v128.load_splat<f32>(a);
    s0 = fma(x, low, s0);
    s1 = fma(x, high, s1);
    x = v128.load_splat<f32>(a + a1);
    s2 = fma(x, low, s2);
    s3 = fma(x, high, s3);
    x = v128.load_splat<f32>(a + a2);
    s4 = fma(x, low, s4);
    s5 = fma(x, high, s5);
    x = v128.load_splat<f32>(a + a3);
    s6 = fma(x, low, s6);
    s7 = fma(x, high, s7);
    a += aStep;
    b += bStep;
  }
  storeRow(c, addend, s0, s1);
  if (rows > 1) storeRow(c += cStep, addend += addendStep, s2, s3);
  if (rows > 2) storeRow(c += cStep, addend += addendStep, s4, s5);
  if (rows > 3) storeRow(c += cStep, addend += addendStep, s6, s7);
}

/** Adds 4 steps of `k` to the sums of 4 columns, whose values in a transposed B lie `ldb` bytes apart. */
@inline
function addFourSteps(sums: v128, a: usize, aStep: usize, b: usize, ldb: usize): v128 {
  const r0 = v128.load(b), r1 = v128.load(b + ldb), r2 = v128.load(b + 2 * ldb), r3 = v128.load(b + 3 * ldb);
  const t0 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5), t1 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
  const t2 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5), t3 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
  sums = fma(v128.load_splat<f32>(a), v128.shuffle<f32>(t0, t2, 0, 1, 4, 5), sums);
  sums = fma(v128.load_splat<f32>(a + aStep), v128.shuffle<f32>(t0, t2, 2, 3, 6, 7), sums);
  sums = fma(v128.load_splat<f32>(a + 2 * aStep), v128.shuffle<f32>(t1, t3, 0, 1, 4, 5), sums);
  return fma(v128.load_splat<f32>(a + 3 * aStep), v128.shuffle<f32>(t1, t3, 2, 3, 6, 7), sums);
}

/** As `addFourSteps`, of one step. */
@inline
function addStep(sums: v128, a: usize, b: usize, ldb: usize): v128 {
  let column = v128.load_splat<f32>(b);
  column = v128.load_lane<u32>(b + ldb, column, 1);
  column = v128.load_lane<u32>(b + 2 * ldb, column, 2);
  column = v128.load_lane<u32>(b + 3 * ldb, column, 3);
  return fma(v128.load_splat<f32>(a), column, sums);
}

/** 1 row × 16 columns of a transposed B, which is read where it lies: packing would cost more than the product. */
export function tileOfTransposed(k: u32, a: usize, aStep: usize, b: usize, ldb: usize, c: usize, addend: usize): void {
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
  let b1 = b + 4 * ldb, b2 = b1 + 4 * ldb, b3 = b2 + 4 * ldb;
  const even = b + 4 * ((k & ~3) as usize), end = b + 4 * (k as usize);
  for (; b != even; a += 4 * aStep) {
    s0 = addFourSteps(s0, a, aStep, b, ldb);
    s1 = addFourSteps(s1, a, aStep, b1, ldb);
    s2 = addFourSteps(s2, a, aStep, b2, ldb);
    s3 = addFourSteps(s3, a, aStep, b3, ldb);
    b += 16;
    b1 += 16;
    b2 += 16;
    b3 += 16;
  }
  for (; b != end; a += aStep) {
    s0 = addStep(s0, a, b, ldb);
    s1 = addStep(s1, a, b1, ldb);
    s2 = addStep(s2, a, b2, ldb);
    s3 = addStep(s3, a, b3, ldb);
    b += 4;
    b1 += 4;
    b2 += 4;
    b3 += 4;
  }
  storeRow(c, addend, s0, s1);
  storeRow(c + 32, addend ? addend + 32 : 0, s2, s3);
}
