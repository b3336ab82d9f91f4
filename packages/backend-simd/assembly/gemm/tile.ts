/**
 * The micro-kernel: a tile of 6 rows × 8 columns of C, held in 12 registers over one block of `k`.
 *
 * V8 on x86-64 can allocate 15 vector registers: 12 sums, 2 of B, 1 broadcast of A. Both forms below do the same
 * arithmetic in the same order, so which one runs never shows in the result.
 *
 * Without fused multiply-add each product needs one more register than there is, and a spilled sum costs half the
 * speed. So the broadcast is loaded a second time, through `mirror`: the same address as `a`, but in a variable of its
 * own, or the optimiser would merge the two loads again. (29 → 48 GFLOP/s on an AMD EPYC of family 26.)
 * The forms are written out: as one inlined function, with a constant for the form, products took 3 to 7 % longer. Operands
 * are arguments and not fields of an object, since a call for each tile would write and read them again.
 * Source: Goto and van de Geijn 2008, "Anatomy of high-performance matrix multiplication".
 */
import { FUSED, fma } from "../fma";

export const TILE_ROWS: u32 = 6;
export const TILE_COLUMNS: u32 = 8;

/** Stores 8 columns of a row, plus what lies at `addend` unless that is 0. */
@inline
export function storeRow(c: usize, addend: usize, low: v128, high: v128): void {
  if (addend) {
    low = f32x4.add(low, v128.load(addend));
    high = f32x4.add(high, v128.load(addend, 16));
  }
  v128.store(c, low);
  v128.store(c, high, 16);
}

/** A tile with fewer than 8 columns: computed whole beside C, then the part that exists is copied. */
export function copyTile(tile: usize, c: usize, cStep: usize, addend: usize, addendStep: usize, rows: u32, columns: u32): void {
  for (let i: u32 = 0; i < rows; i++) {
    for (let j: u32 = 0; j < columns; j++) {
      const value = load<f32>(tile + 4 * (i * TILE_COLUMNS + j));
      store<f32>(c + 4 * j, addend ? value + load<f32>(addend + 4 * j) : value);
    }
    c += cStep;
    if (addend) addend += addendStep;
  }
}

/**
 * A tile whose 6 values of A lie side by side at every step of `k`: a packed panel, or a transposed A as stored.
 *
 * Steps are in bytes. Only `rows` of the 6 rows are stored, plus the row at `addend` (C itself or a bias) if not 0.
 */
export function tileOfPanel(
  k: u32, a: usize, mirror: usize, aStep: usize, b: usize, bStep: usize,
  c: usize, cStep: usize, addend: usize, addendStep: usize, rows: u32,
): void {
  let c00 = f32x4.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00;
  let c30 = c00, c31 = c00, c40 = c00, c41 = c00, c50 = c00, c51 = c00;
  for (let p: u32 = 0; p < k; p++) {
    const low = v128.load(b);
    const high = v128.load(b, 16);
    let x = v128.load_splat<f32>(a);
    c00 = fma(x, low, c00);
    c01 = fma(FUSED ? x : v128.load_splat<f32>(mirror), high, c01);
    x = v128.load_splat<f32>(a, 4);
    c10 = fma(x, low, c10);
    c11 = fma(FUSED ? x : v128.load_splat<f32>(mirror, 4), high, c11);
    x = v128.load_splat<f32>(a, 8);
    c20 = fma(x, low, c20);
    c21 = fma(FUSED ? x : v128.load_splat<f32>(mirror, 8), high, c21);
    x = v128.load_splat<f32>(a, 12);
    c30 = fma(x, low, c30);
    c31 = fma(FUSED ? x : v128.load_splat<f32>(mirror, 12), high, c31);
    x = v128.load_splat<f32>(a, 16);
    c40 = fma(x, low, c40);
    c41 = fma(FUSED ? x : v128.load_splat<f32>(mirror, 16), high, c41);
    x = v128.load_splat<f32>(a, 20);
    c50 = fma(x, low, c50);
    c51 = fma(FUSED ? x : v128.load_splat<f32>(mirror, 20), high, c51);
    a += aStep;
    if (!FUSED) mirror += aStep;
    b += bStep;
  }
  storeRow(c, addend, c00, c01);
  if (rows > 1) storeRow(c += cStep, addend += addendStep, c10, c11);
  if (rows > 2) storeRow(c += cStep, addend += addendStep, c20, c21);
  if (rows > 3) storeRow(c += cStep, addend += addendStep, c30, c31);
  if (rows > 4) storeRow(c += cStep, addend += addendStep, c40, c41);
  if (rows > 5) storeRow(c += cStep, addend += addendStep, c50, c51);
}

/** A tile whose rows of A lie `aRow` bytes apart, each contiguous in `k`: A as stored. Otherwise as `tileOfPanel`. */
export function tileOfRows(
  k: u32, a: usize, mirror: usize, aRow: usize, b: usize, bStep: usize,
  c: usize, cStep: usize, addend: usize, addendStep: usize, rows: u32,
): void {
  let c00 = f32x4.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00;
  let c30 = c00, c31 = c00, c40 = c00, c41 = c00, c50 = c00, c51 = c00;
  // A row past the last is computed as a copy of the first and not stored.
  const a1 = rows > 1 ? aRow : 0, a2 = rows > 2 ? 2 * aRow : 0, a3 = rows > 3 ? 3 * aRow : 0;
  const a4 = rows > 4 ? 4 * aRow : 0, a5 = rows > 5 ? 5 * aRow : 0;
  const end = a + 4 * (k as usize);
  while (a != end) {
    const low = v128.load(b);
    const high = v128.load(b, 16);
    let x = v128.load_splat<f32>(a);
    c00 = fma(x, low, c00);
    c01 = fma(FUSED ? x : v128.load_splat<f32>(mirror), high, c01);
    x = v128.load_splat<f32>(a + a1);
    c10 = fma(x, low, c10);
    c11 = fma(FUSED ? x : v128.load_splat<f32>(mirror + a1), high, c11);
    x = v128.load_splat<f32>(a + a2);
    c20 = fma(x, low, c20);
    c21 = fma(FUSED ? x : v128.load_splat<f32>(mirror + a2), high, c21);
    x = v128.load_splat<f32>(a + a3);
    c30 = fma(x, low, c30);
    c31 = fma(FUSED ? x : v128.load_splat<f32>(mirror + a3), high, c31);
    x = v128.load_splat<f32>(a + a4);
    c40 = fma(x, low, c40);
    c41 = fma(FUSED ? x : v128.load_splat<f32>(mirror + a4), high, c41);
    x = v128.load_splat<f32>(a + a5);
    c50 = fma(x, low, c50);
    c51 = fma(FUSED ? x : v128.load_splat<f32>(mirror + a5), high, c51);
    a += 4;
    if (!FUSED) mirror += 4;
    b += bStep;
  }
  storeRow(c, addend, c00, c01);
  if (rows > 1) storeRow(c += cStep, addend += addendStep, c10, c11);
  if (rows > 2) storeRow(c += cStep, addend += addendStep, c20, c21);
  if (rows > 3) storeRow(c += cStep, addend += addendStep, c30, c31);
  if (rows > 4) storeRow(c += cStep, addend += addendStep, c40, c41);
  if (rows > 5) storeRow(c += cStep, addend += addendStep, c50, c51);
}
