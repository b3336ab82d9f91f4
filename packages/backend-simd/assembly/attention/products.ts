/** Products of tiles: up to 6 rows at a time, 8 columns at a time. */
import { packB } from "../gemm/pack";
import { copyTile, TILE_COLUMNS, TILE_ROWS, tileOfPanel, tileOfRows } from "../gemm/tile";
import { tileOfFour } from "../gemm/tiles-of-few-rows";
import { Problem, TILE_STEP } from "./problem";

/** A step of `k` in a panel of 8 columns. */
const PANEL_STEP: usize = 4 * TILE_COLUMNS;
/** So few rows have a tile of their own. */
const FEW_ROWS: u32 = 4;

/** A block of at most so many queries reads a visit's rows a few times only. */
const FEW_QUERIES: u32 = 24;
/** Rows that are further apart, in bytes, share too few sets of the first cache to stay in it for many queries. */
const FAR: usize = 1536;

/** Whether rows of the head width are read and written where they lie, and not packed: they are whole panels. */
@inline
export function isDirect(p: Problem): bool {
  return p.width % TILE_COLUMNS == 0 && (p.blockQueries <= FEW_QUERIES || max(p.keyRow, p.queryRow) <= FAR);
}

/** Packs rows of the head width that weights will multiply, if they have to be. */
@inline
export function packRows(p: Problem, stored: usize, storedRow: usize, rows: u32, packed: usize): void {
  if (!isDirect(p)) packB(false, stored, storedRow, rows, p.width, packed);
}

/** Where the rows of `packRows` are. */
@inline
export function rowsOf(p: Problem, stored: usize, packed: usize): usize {
  return isDirect(p) ? stored : packed;
}

/** From one of the rows of `rowsOf` to the next. */
@inline
export function stepOfRows(p: Problem, storedRow: usize): usize {
  return isDirect(p) ? storedRow : PANEL_STEP;
}

/** From 8 columns of the rows of `rowsOf` to the next 8. */
@inline
export function panelOfRows(p: Problem, rows: u32): usize {
  return isDirect(p) ? PANEL_STEP : PANEL_STEP * rows;
}

/**
 * `c = a·b (+ c)` for up to 6 rows of A as stored, and panels `first` to `last` of B, each of `k` steps.
 *
 * @param panelStep - from one panel to the next: more than `k` steps where only some of them are used.
 */
export function multiplyRows(
  k: u32, a: usize, aRow: usize, b: usize, bStep: usize, panelStep: usize, first: u32, last: u32,
  c: usize, cRow: usize, accumulate: bool, rows: u32,
): void {
  for (let panel = first; panel < last; panel++) {
    const to = c + PANEL_STEP * panel;
    const from = b + panelStep * panel;
    const addend = accumulate ? to : 0;
    const addendRow = accumulate ? cRow : 0;
    if (rows > FEW_ROWS) tileOfRows(k, a, a, aRow, from, bStep, to, cRow, addend, addendRow, rows);
    else tileOfFour(rows, k, a, 4, aRow, from, bStep, to, cRow, addend, addendRow);
  }
}

/**
 * `c = aᵀ·b (+ c)` for up to 6 columns of a tile of weights and all panels of B; C has `columns` columns, and nothing
 * beyond them is touched.
 *
 * @param spare - a tile's worth of memory.
 */
export function multiplyTransposed(
  k: u32, a: usize, b: usize, bStep: usize, panelStep: usize, c: usize, cRow: usize, accumulate: bool, columns: u32, rows: u32,
  spare: usize,
): void {
  const addendRow = accumulate ? cRow : 0;
  let column: u32 = 0;
  for (; column + TILE_COLUMNS <= columns; column += TILE_COLUMNS) {
    const to = c + 4 * column;
    const addend = accumulate ? to : 0;
    if (rows > FEW_ROWS) tileOfPanel(k, a, a, TILE_STEP, b, bStep, to, cRow, addend, addendRow, rows);
    else tileOfFour(rows, k, a, TILE_STEP, 4, b, bStep, to, cRow, addend, addendRow);
    b += panelStep;
  }
  if (column == columns) return;
  tileOfPanel(k, a, a, TILE_STEP, b, bStep, spare, PANEL_STEP, 0, 0, TILE_ROWS);
  copyTile(spare, c + 4 * column, cRow, accumulate ? c + 4 * column : 0, addendRow, rows, columns - column);
}
