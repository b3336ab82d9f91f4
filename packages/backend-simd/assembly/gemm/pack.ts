/** Packing: panels of A (6 rows) and B (8 columns) laid out so that the micro-kernel reads them straight on. */
import { storeTransposed } from "../lanes";
import { TILE_COLUMNS, TILE_ROWS } from "./tile";

const A_STEP: usize = 4 * TILE_ROWS;
const B_STEP: usize = 4 * TILE_COLUMNS;

/** Copies up to `width` floats per step of `k`, side by side in the source, `sourceStep` bytes from one to the next. */
function packBeside(source: usize, sourceStep: usize, k: u32, width: u32, target: usize, targetStep: usize): void {
  for (let p: u32 = 0; p < k; p++) {
    for (let i: u32 = 0; i < width; i++) store<f32>(target + 4 * i, load<f32>(source + 4 * i));
    source += sourceStep;
    target += targetStep;
  }
}

/** Copies `width` rows, each contiguous in `k`, so that they lie side by side at every step of `k`. */
function packRows(source: usize, sourceRow: usize, k: u32, width: u32, target: usize, targetStep: usize): void {
  for (let i: u32 = 0; i < width; i++) {
    let to = target + 4 * i;
    const row = source + i * sourceRow;
    for (let p: u32 = 0; p < k; p++) {
      store<f32>(to, load<f32>(row + 4 * p));
      to += targetStep;
    }
  }
}

/** Transposes 4 rows of `k` floats into 4 columns that lie `targetStep` bytes apart. `k` is a multiple of 4. */
function transposeFour(source: usize, sourceRow: usize, k: u32, target: usize, targetStep: usize): void {
  for (let p: u32 = 0; p < k; p += 4) {
    const r0 = v128.load(source), r1 = v128.load(source + sourceRow);
    const r2 = v128.load(source + 2 * sourceRow), r3 = v128.load(source + 3 * sourceRow);
    storeTransposed(target, targetStep, r0, r1, r2, r3);
    source += 16;
    target += 4 * targetStep;
  }
}

/** One panel of B stored `[k, n]`: `columns` of 8 at every step; the rest is left as it is and never read back. */
function packPanelOfB(b: usize, ldb: usize, k: u32, columns: u32, target: usize): void {
  if (columns < TILE_COLUMNS) return packBeside(b, ldb, k, columns, target, B_STEP);
  for (let p: u32 = 0; p < k; p++) {
    v128.store(target, v128.load(b));
    v128.store(target, v128.load(b, 16), 16);
    b += ldb;
    target += B_STEP;
  }
}

/** One panel of B stored `[n, k]`. */
function packPanelOfTransposedB(b: usize, ldb: usize, k: u32, columns: u32, target: usize): void {
  const even = columns < TILE_COLUMNS ? 0 : k & ~3;
  if (even) {
    transposeFour(b, ldb, even, target, B_STEP);
    transposeFour(b + 4 * ldb, ldb, even, target + 16, B_STEP);
  }
  packRows(b + 4 * even, ldb, k - even, columns, target + even * B_STEP, B_STEP);
}

/** Packs `columns` columns over one block of `k`; `b` points at the first element and `ldb` is in bytes. */
export function packB(transposed: bool, b: usize, ldb: usize, k: u32, columns: u32, target: usize): void {
  for (let j: u32 = 0; j < columns; j += TILE_COLUMNS) {
    const width = min(TILE_COLUMNS, columns - j);
    if (transposed) packPanelOfTransposedB(b + j * ldb, ldb, k, width, target);
    else packPanelOfB(b + 4 * j, ldb, k, width, target);
    target += k * B_STEP;
  }
}

/** One panel of A stored `[k, m]`. A whole panel is read as 4 + 2 floats, so never past its end. */
function packPanelOfTransposedA(a: usize, lda: usize, k: u32, rows: u32, target: usize): void {
  if (rows < TILE_ROWS) return packBeside(a, lda, k, rows, target, A_STEP);
  for (let p: u32 = 0; p < k; p++) {
    v128.store(target, v128.load(a));
    store<u64>(target, load<u64>(a, 16), 16);
    a += lda;
    target += A_STEP;
  }
}

/** One panel of A stored `[m, k]`. */
function packPanelOfA(a: usize, lda: usize, k: u32, rows: u32, target: usize): void {
  const even = rows < TILE_ROWS ? 0 : k & ~3;
  if (even) {
    transposeFour(a, lda, even, target, A_STEP);
    packRows(a + 4 * lda, lda, even, 2, target + 16, A_STEP);
  }
  packRows(a + 4 * even, lda, k - even, rows, target + even * A_STEP, A_STEP);
}

/** Packs `rows` rows of A over one block of `k`; `a` points at the first element and `lda` is in bytes. */
export function packA(transposed: bool, a: usize, lda: usize, k: u32, rows: u32, target: usize): void {
  for (let i: u32 = 0; i < rows; i += TILE_ROWS) {
    const height = min(TILE_ROWS, rows - i);
    if (transposed) packPanelOfTransposedA(a + 4 * i, lda, k, height, target);
    else packPanelOfA(a + i * lda, lda, k, height, target);
    target += k * A_STEP;
  }
}
