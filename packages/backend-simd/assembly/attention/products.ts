/** Products of tiles: 6 rows at a time, 8 columns at a time. */
import { copyTile, TILE_COLUMNS, TILE_ROWS, tileOfPanel, tileOfRows } from "../gemm/tile";
import { TILE_STEP } from "./problem";

/** A step of `k` in a panel of 8 columns. */
const PANEL_STEP: usize = 4 * TILE_COLUMNS;

/**
 * `c = a·b (+ c)` for up to 6 rows of A as stored, and panels `first` to `last` of B, each of `k` steps.
 *
 * @param panelStep - from one panel to the next: more than `k` steps where only some of them are used.
 */
export function multiplyRows(
  k: u32, a: usize, aRow: usize, b: usize, panelStep: usize, first: u32, last: u32,
  c: usize, cRow: usize, accumulate: bool, rows: u32,
): void {
  for (let panel = first; panel < last; panel++) {
    const to = c + PANEL_STEP * panel;
    tileOfRows(k, a, a, aRow, b + panelStep * panel, PANEL_STEP, to, cRow, accumulate ? to : 0, accumulate ? cRow : 0, rows);
  }
}

/**
 * `c += aᵀ·b` for up to 6 columns of a tile of weights and all panels of B; C has `columns` columns, and nothing
 * beyond them is touched.
 *
 * @param spare - a tile's worth of memory.
 */
export function addTransposed(
  k: u32, a: usize, b: usize, panelStep: usize, c: usize, cRow: usize, columns: u32, rows: u32, spare: usize,
): void {
  let column: u32 = 0;
  for (; column + TILE_COLUMNS <= columns; column += TILE_COLUMNS) {
    const to = c + 4 * column;
    tileOfPanel(k, a, a, TILE_STEP, b, PANEL_STEP, to, cRow, to, cRow, rows);
    b += panelStep;
  }
  if (column == columns) return;
  tileOfPanel(k, a, a, TILE_STEP, b, PANEL_STEP, spare, PANEL_STEP, 0, 0, TILE_ROWS);
  copyTile(spare, c + 4 * column, cRow, c + 4 * column, cRow, rows, columns - column);
}
