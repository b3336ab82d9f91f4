/**
 * Matrix products of at most 4 rows, as in decoding. A tile of 6 rows would compute most of them for nothing, so these
 * are wider instead: 1×32, 2×16 or 4×8, each of 8 sums, which hides the latency of a multiply-add.
 *
 * Every element is summed in the same order as in `tile.ts`, so a row gives the same bits here and among many.
 */
import { fma } from "../fma";
import { packB } from "./pack";
import { copyTile, storeRow, TILE_COLUMNS } from "./tile";

/** Most rows that come here. */
export const FEW_ROWS: u32 = 4;
/** Columns of B that are packed at a time, where it has to be: with 256 steps of `k`, 32 KiB. */
const CHUNK: u32 = 32;

/** 1 row × 32 columns, in 4 panels of 8 columns that lie `bPanel` bytes apart. */
function tileOfOne(
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
function tileOfTwo(
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
function tileOfFour(
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

/** Up to 32 columns over one block of `k`, the widest tiles first; `tile` has room for 4 rows of 8. */
function multiplyChunk(
  rows: u32, columns: u32, k: u32, a: usize, aStep: usize, aRow: usize, b: usize, bStep: usize, bPanel: usize,
  c: usize, cStep: usize, addend: usize, addendStep: usize, tile: usize,
): void {
  while (columns) {
    let width = TILE_COLUMNS;
    if (rows == 1 && columns == CHUNK) {
      width = CHUNK;
      tileOfOne(k, a, aStep, b, bStep, bPanel, c, addend);
    } else if (rows <= 2 && columns >= 2 * TILE_COLUMNS) {
      width = 2 * TILE_COLUMNS;
      tileOfTwo(rows, k, a, aStep, aRow, b, bStep, bPanel, c, cStep, addend, addendStep);
    } else if (columns >= TILE_COLUMNS) {
      tileOfFour(rows, k, a, aStep, aRow, b, bStep, c, cStep, addend, addendStep);
    } else {
      tileOfFour(rows, k, a, aStep, aRow, b, bStep, tile, 4 * TILE_COLUMNS, 0, 0);
      return copyTile(tile, c, cStep, addend, addendStep, rows, columns);
    }
    columns -= width;
    b += (width / TILE_COLUMNS) * bPanel;
    c += 4 * width;
    if (addend) addend += 4 * width;
  }
}

/**
 * `rows` rows (at most 4) of C over all of `k`, block by block. Steps are in bytes: of A, `aStep` to the next `k` and
 * `aRow` to the next row. `packed` has room for 32 columns of a block of `k`.
 */
export function multiplyFewRows(
  transposeB: bool, rows: u32, n: u32, k: u32, blockK: u32, a: usize, aStep: usize, aRow: usize, b: usize, ldb: usize,
  c: usize, ldc: usize, accumulate: bool, bias: usize, packed: usize, tile: usize,
): void {
  let p: u32 = 0;
  do {
    const depth = min(blockK, k - p);
    const blockOfA = a + p * aStep;
    const adds = accumulate || p > 0;
    for (let j: u32 = 0; j < n; j += CHUNK) {
      const columns = min(CHUNK, n - j);
      const corner = c + 4 * j;
      const addend = adds ? corner : bias ? bias + 4 * j : 0;
      let from = b + 4 * ((transposeB ? p : j) as usize) + (transposeB ? j : p) * ldb;
      // Read once, B need not be packed, but must not be read past its last column.
      const isPacked = transposeB || columns % TILE_COLUMNS != 0;
      if (isPacked) packB(transposeB, from, ldb, depth, columns, packed);
      if (isPacked) from = packed;
      const step = isPacked ? 4 * TILE_COLUMNS : ldb;
      const panel = isPacked ? 4 * TILE_COLUMNS * depth : 4 * TILE_COLUMNS;
      multiplyChunk(
        rows, columns, depth, blockOfA, aStep, aRow, from, step, panel, corner, ldc, addend, adds ? ldc : 0, tile,
      );
    }
    p += blockK;
  } while (p < k);
}
