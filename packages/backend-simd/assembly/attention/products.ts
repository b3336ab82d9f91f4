/** Products of tiles: up to 6 rows at a time, 8 columns at a time. */
import { packB } from "../gemm/pack";
import { copyTile, TILE_COLUMNS, TILE_ROWS, tileOfPanel, tileOfRows } from "../gemm/tile";
import { tileOfFour } from "../gemm/tiles-of-few-rows";
import { Cursor } from "./cursor";
import { isDirect, Problem, roundUp, TILE_STEP } from "./problem";

/** A step of `k` in a panel of 8 columns. */
const PANEL_STEP: usize = 4 * TILE_COLUMNS;
/** So few rows have a tile of their own. */
const FEW_ROWS: u32 = 4;

/** Packs rows of the head width that weights will multiply, if they have to be. */
@inline
export function packRows(p: Problem, stored: usize, storedRow: usize, rows: u32, packed: usize): void {
  if (!isDirect(p)) packB(false, stored, storedRow, rows, p.width, packed);
}

/**
 * `c = a·b (+ c)` for up to 6 rows of A as stored, and panels `first` to `last` of B, each of `k` steps.
 *
 * @param panelStep - from one panel to the next: more than `k` steps where only some of them are used.
 */
@inline
function multiplyRows(
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

/** The products of up to 6 rows that lie as the queries do with the packed columns of the keys at hand, into `tile`. */
export function multiplyByColumns(c: Cursor, a: usize, columns: usize, tile: usize, rows: u32): void {
  const first = c.fromKey / TILE_COLUMNS, last = roundUp(c.toKey, TILE_COLUMNS) / TILE_COLUMNS;
  multiplyRows(c.width, a, c.queryRow, columns, PANEL_STEP, PANEL_STEP * c.width, first, last, tile, TILE_STEP, false, rows);
}

/** The products of up to 6 rows of a tile with rows that lie as the keys do, stored and perhaps packed: into `to`, or added to it. */
export function multiplyByRows(c: Cursor, tile: usize, stored: usize, to: usize, rows: u32): void {
  const from = c.fromKey, direct = isDirect(c);
  const step = direct ? c.keyRow : PANEL_STEP;
  const b = (direct ? stored : c.keyRows) + step * from;
  const panelStep = direct ? PANEL_STEP : PANEL_STEP * c.visit.count;
  const panels = roundUp(c.width, TILE_COLUMNS) / TILE_COLUMNS;
  multiplyRows(c.toKey - from, tile + 4 * from, TILE_STEP, b, step, panelStep, 0, panels, to, c.targetRow, c.later, rows);
}

/**
 * Products of `keys` (up to 6) columns of a tile with the block's rows `from` to `last` of a tensor that lies as the queries
 * do, perhaps packed: into the rows at `to`, which lie as the keys do, or added to them. Nothing beyond them is touched.
 */
export function multiplyTransposed(
  c: Cursor, tile: usize, from: u32, last: u32, tensor: usize, packed: usize, to: usize, keys: u32,
): void {
  const direct = isDirect(c), row = c.keyRow, columns = c.width, addendRow = c.adds ? row : 0;
  const step = direct ? c.queryRow : PANEL_STEP;
  const panelStep = direct ? PANEL_STEP : PANEL_STEP * c.rows;
  const a = tile + from * TILE_STEP, k = last - from;
  let b = (direct ? tensor + c.queryAt : packed) + step * from;
  let column: u32 = 0;
  for (; column + TILE_COLUMNS <= columns; column += TILE_COLUMNS, to += PANEL_STEP, b += panelStep) {
    const addend = c.adds ? to : 0;
    if (keys > FEW_ROWS) tileOfPanel(k, a, a, TILE_STEP, b, step, to, row, addend, addendRow, keys);
    else tileOfFour(keys, k, a, TILE_STEP, 4, b, step, to, row, addend, addendRow);
  }
  if (column == columns) return;
  tileOfPanel(k, a, a, TILE_STEP, b, step, c.spare, PANEL_STEP, 0, 0, TILE_ROWS);
  copyTile(c.spare, to, row, c.adds ? to : 0, addendRow, keys, columns - column);
}
