/** Matrix products: blocks of `k` and columns are packed, and tiles of 6×8 run over them. */
import { activate, sumsOf } from "./epilogue";
import { FEW_ROWS, multiplyFewRows } from "./few-rows";
import { packA, packB } from "./pack";
import { Product } from "./problem";
import { copyTile, TILE_COLUMNS, TILE_ROWS, tileOfPanel, tileOfRows } from "./tile";

/** One block of `k`: part of the result's definition, since sums are taken block by block. */
const BLOCK_K: u32 = 256;
/** Rows of A and columns of B that are packed at a time: 96 KiB and 512 KiB, for the second-level cache. */
const BLOCK_ROWS: u32 = 96;
const BLOCK_COLUMNS: u32 = 512;
/** Below these, packing costs more than it saves: B is read by few panels of rows, A by few panels of columns. */
const PACK_B_FROM_ROWS: u32 = 13;
const PACK_A_FROM_COLUMNS: u32 = 33;

const A_BYTES: usize = 4 * BLOCK_ROWS * BLOCK_K;
const B_BYTES: usize = 4 * BLOCK_COLUMNS * BLOCK_K;
const TILE_BYTES: usize = 4 * TILE_ROWS * TILE_COLUMNS;

/** Bytes of scratch that one running `gemm` needs: one such block for each thread. */
export function gemmScratchBytes(): usize {
  return A_BYTES + B_BYTES + TILE_BYTES;
}

/** Rows `[0, rows)` × columns `[0, columns)` of C over one block of `k`; every pointer is at its block, steps in bytes. */
function multiplyBlock(
  k: u32, rows: u32, columns: u32, a: usize, aPanel: usize, aStep: usize, aRow: usize,
  b: usize, bPanel: usize, bStep: usize, c: usize, cStep: usize, addend: usize, addendStep: usize, tile: usize,
): void {
  for (let j: u32 = 0; j < columns; j += TILE_COLUMNS) {
    const width = min(TILE_COLUMNS, columns - j);
    let panel = a;
    for (let i: u32 = 0; i < rows; i += TILE_ROWS) {
      const height = min(TILE_ROWS, rows - i);
      const corner = c + i * cStep + 4 * j;
      const added = addend ? addend + i * addendStep + 4 * j : 0;
      const whole = width == TILE_COLUMNS;
      const to = whole ? corner : tile;
      const toStep = whole ? cStep : 4 * TILE_COLUMNS;
      const plus = whole ? added : 0;
      const plusStep = whole && addend ? addendStep : 0;
      if (aRow) tileOfRows(k, panel, panel, aRow, b, bStep, to, toStep, plus, plusStep, height);
      else tileOfPanel(k, panel, panel, aStep, b, bStep, to, toStep, plus, plusStep, height);
      if (!whole) copyTile(tile, corner, cStep, added, addendStep, height, width);
      panel += aPanel;
    }
    b += bPanel;
  }
}

/** The activation of sums that are complete, while they are in the cache. */
@inline
function activateAt(product: Product, sums: usize, rows: u32, columns: u32): void {
  if (product.activation >= 0) activate(product, ((sums - sumsOf(product)) / 4) as u32, rows, columns);
}

/**
 * Rows `[first, last)` of one matrix of the batch, and `n` columns of it, whose sums go to `c`: its first row of them.
 * The activation follows.
 *
 * Every element is a sum over `k` in blocks of 256, in order, whatever `m`, `n`, the transposes and the range are.
 */
export function multiplyRows(
  product: Product, matrix: u32, c: usize, column: u32, n: u32, scratch: usize, first: u32, last: u32, m: u32,
): void {
  const transposeA = product.transposeA != 0, transposeB = product.transposeB != 0, accumulate = product.accumulate != 0;
  const k = product.k, lda: usize = 4 * product.lda, ldb: usize = 4 * product.ldb, ldc: usize = 4 * product.ldc;
  const a = product.a + 4 * matrix * product.strideA;
  const b = product.b + 4 * (matrix * product.strideB + column * (transposeB ? product.ldb : 1));
  const bias = product.bias ? product.bias + 4 * column : 0;
  const packedB = scratch + A_BYTES;
  const tile = packedB + B_BYTES;
  if (last - first <= FEW_ROWS) {
    multiplyFewRows(
      transposeB, last - first, n, k, BLOCK_K, a + first * (transposeA ? 4 : lda), transposeA ? lda : 4,
      transposeA ? 4 : lda, b, ldb, c + first * ldc, ldc, accumulate, bias, packedB, tile,
    );
    return activateAt(product, c + first * ldc, last - first, n);
  }
  for (let j: u32 = 0; j < n; j += BLOCK_COLUMNS) {
    const columns = min(BLOCK_COLUMNS, n - j);
    // A direct read takes whole panels of 8, and must not run past the last column.
    const isBPacked = transposeB || m >= PACK_B_FROM_ROWS || columns % TILE_COLUMNS != 0;
    // Likewise a transposed A read directly takes whole panels of 6.
    const isAPacked = columns >= PACK_A_FROM_COLUMNS || (transposeA && (last - first) % TILE_ROWS != 0);
    let p: u32 = 0;
    do {
      const depth = min(BLOCK_K, k - p);
      const blockOfB = b + 4 * ((transposeB ? p : j) as usize) + (transposeB ? j : p) * ldb;
      if (isBPacked) packB(transposeB, blockOfB, ldb, depth, columns, packedB);
      const adds = accumulate || p > 0;
      for (let i = first; i < last; i += BLOCK_ROWS) {
        const rows = min(BLOCK_ROWS, last - i);
        const blockOfA = a + 4 * ((transposeA ? i : p) as usize) + (transposeA ? p : i) * lda;
        if (isAPacked) packA(transposeA, blockOfA, lda, depth, rows, scratch);
        const corner = c + i * ldc + 4 * j;
        const aPanel = isAPacked ? 4 * TILE_ROWS * depth : transposeA ? 4 * TILE_ROWS : TILE_ROWS * lda;
        multiplyBlock(
          depth, rows, columns,
          isAPacked ? scratch : blockOfA, aPanel, isAPacked ? 4 * TILE_ROWS : lda, isAPacked || transposeA ? 0 : lda,
          isBPacked ? packedB : blockOfB, isBPacked ? 4 * TILE_COLUMNS * depth : 4 * TILE_COLUMNS,
          isBPacked ? 4 * TILE_COLUMNS : ldb,
          corner, ldc, adds ? corner : bias ? bias + 4 * j : 0, adds ? ldc : 0, tile,
        );
        if (p + BLOCK_K >= k) activateAt(product, corner, rows, columns);
      }
      p += BLOCK_K;
    } while (p < k);
  }
}
