/**
 * Matrix products of at most 4 rows, as in decoding: a tile of 6 rows would compute most of them for nothing, and
 * packing B, which is read once, would cost more than the product.
 */
import { packB } from "./pack";
import { copyTile, TILE_COLUMNS } from "./tile";
import { tileOfFour, tileOfOne, tileOfTransposed, tileOfTwo } from "./tiles-of-few-rows";

/** Most rows that come here. */
export const FEW_ROWS: u32 = 4;
/** Columns of B that are packed at a time, where they have to be: with 256 steps of `k`, 32 KiB. */
const CHUNK: u32 = 32;
const TRANSPOSED_COLUMNS: u32 = 16;

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
    let j: u32 = 0;
    if (transposeB && rows == 1) {
      for (; j + TRANSPOSED_COLUMNS <= n; j += TRANSPOSED_COLUMNS) {
        const corner = c + 4 * j;
        const addend = adds ? corner : bias ? bias + 4 * j : 0;
        tileOfTransposed(depth, blockOfA, aStep, b + 4 * p + j * ldb, ldb, corner, addend);
      }
    }
    for (; j < n; j += CHUNK) {
      const columns = min(CHUNK, n - j);
      const corner = c + 4 * j;
      const addend = adds ? corner : bias ? bias + 4 * j : 0;
      let from = b + 4 * ((transposeB ? p : j) as usize) + (transposeB ? j : p) * ldb;
      // A direct read takes whole panels of 8, and must not run past the last column.
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
