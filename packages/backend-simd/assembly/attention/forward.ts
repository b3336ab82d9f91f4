/**
 * Attention forward: one query block of one row and head at a time, softmax over its visits with a running maximum
 * and sum. Source: Milakov and Gimelshein 2018, https://arxiv.org/abs/1805.02867.
 */
import { FEW_ROWS, multiplyFewRows } from "../gemm/few-rows";
import { packB } from "../gemm/pack";
import { TILE_ROWS } from "../gemm/tile";
import { log1 } from "../math/log";
import { bitsAt, Cursor, moveToBlock, moveToKeys, moveToVisit, openForward } from "./cursor";
import { attendByLibrary } from "./forward-by-library";
import { addBias } from "./logits";
import { multiplyByColumns, multiplyByRows, packRows } from "./products";
import { queryBlocks, roundUp, TILE_STEP } from "./problem";
import { clear, copyScaled, dropRow, LOWEST, scaleRow, weighRow } from "./rows";
import { isListed, listedKey } from "./visit";
import { warmKeys, warmQueries, warmRows, warmVisit } from "./warm";

/**
 * Attention, `softmax(q·kᵀ·scale + bias)·v` over the keys that a plan shows, and its log-sum-exp (0 for a query that
 * sees nothing, whose output is 0).
 *
 * @param problem - address of a `Problem`. @param scratch - `attentionForwardScratchBytes` bytes of this thread alone.
 * @param start - query block, counted over `B·H`.
 */
export function attentionForward(problem: usize, scratch: usize, start: u32, end: u32): void {
  const c = openForward(problem, scratch);
  const blocks = queryBlocks(c);
  for (; start < end; start++) {
    const matrix = start / blocks;
    if (start % (c.heads * blocks) == 0) warmRow(c, matrix / c.heads);
    moveToBlock(c, matrix / c.heads, matrix % c.heads, start % blocks, c.output);
    attendBlock(c);
  }
}

/** What a batch row reads and writes: outputs too, or each new line of them would stop the stores. */
function warmRow(c: Cursor, batch: u32): void {
  warmQueries(c, c.query, batch);
  warmKeys(c, c.key, batch);
  warmKeys(c, c.value, batch);
  warmQueries(c, c.output, batch);
}

function attendBlock(c: Cursor): void {
  for (let row: u32 = 0; row < c.rows; row++) {
    store<f32>(c.maximum + 4 * row, LOWEST);
    store<f32>(c.sum + 4 * row, 0);
  }
  if (c.library) attendByLibrary(c);
  else for (let index: u32 = 0; index < c.visits.count; index++) {
    moveToVisit(c, index);
    attendVisit(c);
  }
  finishBlock(c);
}

function attendVisit(c: Cursor): void {
  const count = c.visit.count;
  if (isListed(c.visit)) return attendFew(c);
  warmVisit(c, c.key + c.keyAt, count);
  warmVisit(c, c.value + c.keyAt, count);
  if (c.rows <= FEW_ROWS) return attendFew(c);
  packB(true, c.key + c.keyAt, c.keyRow, c.width, count, c.keyColumns);
  packRows(c, c.value + c.keyAt, c.keyRow, count, c.keyRows);
  for (let row: u32 = 0; row < c.rows; row += TILE_ROWS) attendTile(c, row, min(TILE_ROWS, c.rows - row));
}

/** Up to 6 queries on one visit; later visits add to what earlier ones found. */
function attendTile(c: Cursor, row: u32, rows: u32): void {
  const to = c.target + row * c.targetRow;
  if (!moveToKeys(c, row, rows)) return clearRows(c, to, rows);
  multiplyByColumns(c, c.query + c.queryAt + row * c.queryRow, c.keyColumns, c.tile, rows);
  for (let i: u32 = 0; i < rows; i++) weighQuery(c, row + i, c.tile + i * TILE_STEP);
  multiplyByRows(c, c.tile, c.value + c.keyAt, to, rows);
}

/** As `attendTile`, of up to 4 queries that are the whole block, as in decoding: keys are read once, so not packed first. */
function attendFew(c: Cursor): void {
  const rows = c.rows;
  if (!moveToKeys(c, 0, rows)) return clearRows(c, c.target, rows);
  const keys = c.toKey - c.fromKey;
  const tile = c.tile + 4 * c.fromKey;
  const keyRow = isListed(c.visit) ? 4 * (c.width as usize) : c.keyRow;
  multiplyFewRows(
    true, rows, keys, c.width, c.width, c.query + c.queryAt, 4, c.queryRow, rowsOfVisit(c, c.key), keyRow,
    tile, TILE_STEP, false, 0, c.keyColumns, c.keyRows,
  );
  for (let row: u32 = 0; row < rows; row++) weighQuery(c, row, c.tile + row * TILE_STEP);
  multiplyFewRows(
    false, rows, c.width, keys, keys, tile, 4, TILE_STEP, rowsOfVisit(c, c.value), keyRow,
    c.target, c.targetRow, c.later, 0, c.keyColumns, c.keyRows,
  );
}

/** The first of the keys or values at hand: where they are, or side by side in the thread's memory if they are listed. */
function rowsOfVisit(c: Cursor, tensor: usize): usize {
  if (!isListed(c.visit)) return tensor + c.keyAt + c.fromKey * c.keyRow;
  const bytes = 4 * (c.width as usize);
  let to = c.listed;
  for (let key = c.fromKey; key < c.toKey; key++, to += bytes) {
    memory.copy(to, tensor + c.keyHeadAt + listedKey(c, c.visit, key) * c.keyRow, bytes);
  }
  return c.listed;
}

/** Zeros for queries that see nothing of the first visit. */
function clearRows(c: Cursor, row: usize, rows: u32): void {
  if (!c.later) for (; rows; rows--, row += c.targetRow) clear(row, c.width);
}

/**
 * The weights of one query of the block on the visit's keys, from its products with them. Those of a block's only visit
 * are divided by their sum, so that their products with the values are the output.
 */
function weighQuery(c: Cursor, row: u32, weights: usize): void {
  const start = c.visit.start, from = c.fromKey, last = roundUp(c.toKey, 4);
  if (c.biasKind && isListed(c.visit)) {
    for (let key = from; key < c.toKey; key++) addBias(c, row, listedKey(c, c.visit, key), 1, weights + 4 * key);
  } else if (c.biasKind) addBias(c, row, start + from, c.toKey - from, weights + 4 * from);
  const shrink = weighRow(c, row, weights, bitsAt(c, row));
  if (c.later && shrink != 1) scaleRow(c.target + row * c.targetRow, c.targetRow >> 2, shrink);
  if (c.dropping) dropRow(c, weights, from, last, (c.queryIndex + row) * c.keys + start);
  if (c.alone) scaleRow(weights + 4 * from, last - from, 1 / load<f32>(c.sum + 4 * row));
}

/** Divides by the sums; a query that saw nothing is 0, and so is its log-sum-exp. */
function finishBlock(c: Cursor): void {
  let from = c.sums;
  let to = c.output + c.queryAt;
  const statistics = c.logSumExp + 4 * (c.queryIndex as usize);
  if (c.library) warmRows(c, to, c.queryRow, c.rows);
  for (let row: u32 = 0; row < c.rows; row++) {
    const sum = load<f32>(c.sum + 4 * row);
    if (c.visits.count && sum != 0) {
      if (!c.alone) copyScaled(from, to, c.width, 1 / sum);
      store<f32>(statistics + 4 * row, load<f32>(c.maximum + 4 * row) + log1(sum));
    } else {
      clear(to, c.width);
      store<f32>(statistics + 4 * row, 0);
    }
    from += c.targetRow;
    to += c.queryRow;
  }
}
