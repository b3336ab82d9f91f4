/**
 * Attention forward: one query block of one row and head at a time, softmax over its visits with a running maximum
 * and sum. Source: Milakov and Gimelshein 2018, https://arxiv.org/abs/1805.02867.
 */
import { FEW_ROWS, multiplyFewRows } from "../gemm/few-rows";
import { packB } from "../gemm/pack";
import { TILE_COLUMNS, TILE_ROWS } from "../gemm/tile";
import { log1 } from "../math/log";
import { attendByLibrary } from "./forward-by-library";
import { addBias } from "./logits";
import { isDirect, multiplyRows, packRows, panelOfRows, rowsOf, stepOfRows } from "./products";
import { Problem, queryBlocks, roundUp, TILE_STEP, VISIT_KEYS } from "./problem";
import { clear, copyScaled, dropRow, LOWEST, scaleRow, weighRow } from "./rows";
import { ForwardScratch, paddedWidth } from "./scratch";
import { bitsOf, commonBits, everyKey, Visit, visitAt, visitsOf } from "./visit";
import { warmKeys, warmQueries, warmVisit } from "./warm";

/** Range: query blocks, counted over `B·H`. */
export function attentionForward(problem: usize, scratch: usize, start: u32, end: u32): void {
  const p = changetype<Problem>(problem);
  const blocks = queryBlocks(p);
  for (; start < end; start++) {
    const matrix = start / blocks;
    if (start % (p.heads * blocks) == 0) warmRow(p, matrix / p.heads, scratch);
    attendBlock(p, scratch, matrix / p.heads, matrix % p.heads, start % blocks);
  }
}

/** What a batch row reads and writes: outputs too, or each new line of them would stop the stores. */
function warmRow(p: Problem, batch: u32, scratch: usize): void {
  warmQueries(p, p.query, batch, scratch);
  warmKeys(p, p.key, batch, scratch);
  warmKeys(p, p.value, batch, scratch);
  warmQueries(p, p.output, batch, scratch);
}

function attendBlock(p: Problem, scratch: usize, batch: u32, head: u32, block: u32): void {
  const first = block * p.blockQueries;
  const rows = min(p.blockQueries, p.queries - first);
  const maximum = ForwardScratch.maximum(p, scratch);
  const sum = ForwardScratch.sum(p, scratch);
  for (let row: u32 = 0; row < rows; row++) {
    store<f32>(maximum + 4 * row, LOWEST);
    store<f32>(sum + 4 * row, 0);
  }
  const visits = visitsOf(p, batch, head, block);
  const alone = visits.count == 1 && isDirect(p) && !p.library;
  if (p.library) attendByLibrary(p, scratch, batch, head, first, rows, visits);
  else for (let index: u32 = 0; index < visits.count; index++) {
    attendVisit(p, scratch, batch, head, first, rows, visitAt(p, visits, index), index > 0, alone);
  }
  finishBlock(p, scratch, batch, head, first, rows, visits.count > 0, alone);
}

/**
 * @param alone - the block has no other visit: its sums are known before values are multiplied, so weights are divided by
 *   them, and the products are the output.
 */
function attendVisit(
  p: Problem, scratch: usize, batch: u32, head: u32, first: u32, rows: u32, visit: Visit, later: bool, alone: bool,
): void {
  const at = batch * p.keyBatch + (head / (p.heads / p.groups)) * p.keyHead + visit.start * p.keyRow;
  warmVisit(p, p.key + at, visit.count, scratch);
  warmVisit(p, p.value + at, visit.count, scratch);
  if (rows <= FEW_ROWS) return attendFew(p, scratch, batch, head, first, rows, visit, at, later, alone);
  packB(true, p.key + at, p.keyRow, p.width, visit.count, ForwardScratch.keys(p, scratch));
  packRows(p, p.value + at, p.keyRow, visit.count, ForwardScratch.values(p, scratch));
  for (let row: u32 = 0; row < rows; row += TILE_ROWS) {
    attendTile(p, scratch, batch, head, first, row, min(TILE_ROWS, rows - row), visit, at, later, alone);
  }
}

/** From one row of the products of weights and values to the next. */
@inline
function outputRowOf(p: Problem, alone: bool): usize {
  return alone ? p.queryRow : 4 * (paddedWidth(p.width) as usize);
}

/** Where the products of one query of a block go. */
@inline
function outputOf(p: Problem, scratch: usize, batch: u32, head: u32, first: u32, row: u32, alone: bool): usize {
  const own = p.output + batch * p.queryBatch + head * p.queryHead + first * p.queryRow;
  return (alone ? own : ForwardScratch.output(p, scratch)) + row * outputRowOf(p, alone);
}

/** Up to 6 queries on one visit; later visits add to what earlier ones found. */
function attendTile(
  p: Problem, scratch: usize, batch: u32, head: u32, first: u32, row: u32, rows: u32, visit: Visit, at: usize,
  later: bool, alone: bool,
): void {
  const outputRow = outputRowOf(p, alone);
  const output = outputOf(p, scratch, batch, head, first, row, alone);
  const every = everyKey(visit.count);
  const common = commonBits(p, visit, row, rows, every);
  if (!common) {
    if (!later) clearRows(output, outputRow, rows, p.width);
    return;
  }
  const from = (ctz(common) as u32) & ~3;
  const to = 64 - (clz(common) as u32);
  const tile = ForwardScratch.tile(scratch);
  const query = p.query + batch * p.queryBatch + head * p.queryHead + (first + row) * p.queryRow;
  const keys = ForwardScratch.keys(p, scratch);
  const panelOfKeys = 4 * TILE_COLUMNS * (p.width as usize);
  multiplyRows(
    p.width, query, p.queryRow, keys, 4 * TILE_COLUMNS, panelOfKeys, from / TILE_COLUMNS,
    roundUp(to, TILE_COLUMNS) / TILE_COLUMNS, tile, TILE_STEP, false, rows,
  );
  for (let i: u32 = 0; i < rows; i++) {
    const bits = bitsOf(p, visit, row + i, every);
    weighQuery(p, scratch, batch, head, first, row + i, tile + i * TILE_STEP, from, to, visit, bits, later, alone);
  }
  const values = rowsOf(p, p.value + at, ForwardScratch.values(p, scratch));
  const valueStep = stepOfRows(p, p.keyRow);
  multiplyRows(
    to - from, tile + 4 * from, TILE_STEP, values + valueStep * from, valueStep, panelOfRows(p, visit.count),
    0, paddedWidth(p.width) / TILE_COLUMNS, output, outputRow, later, rows,
  );
}

/** As `attendTile`, of up to 4 queries that are the whole block, as in decoding: keys are read once, so not packed first. */
function attendFew(
  p: Problem, scratch: usize, batch: u32, head: u32, first: u32, rows: u32, visit: Visit, at: usize, later: bool, alone: bool,
): void {
  const outputRow = outputRowOf(p, alone);
  const output = outputOf(p, scratch, batch, head, first, 0, alone);
  const every = everyKey(visit.count);
  const common = commonBits(p, visit, 0, rows, every);
  if (!common) {
    if (!later) clearRows(output, outputRow, rows, p.width);
    return;
  }
  const from = (ctz(common) as u32) & ~3;
  const to = 64 - (clz(common) as u32);
  const tile = ForwardScratch.tile(scratch);
  const packed = ForwardScratch.keys(p, scratch);
  const spare = ForwardScratch.values(p, scratch);
  const query = p.query + batch * p.queryBatch + head * p.queryHead + first * p.queryRow;
  const start = at + from * p.keyRow;
  multiplyFewRows(
    true, rows, to - from, p.width, p.width, query, 4, p.queryRow, p.key + start, p.keyRow,
    tile + 4 * from, TILE_STEP, false, 0, packed, spare,
  );
  for (let row: u32 = 0; row < rows; row++) {
    const bits = bitsOf(p, visit, row, every);
    weighQuery(p, scratch, batch, head, first, row, tile + row * TILE_STEP, from, to, visit, bits, later, alone);
  }
  multiplyFewRows(
    false, rows, p.width, to - from, to - from, tile + 4 * from, 4, TILE_STEP, p.value + start, p.keyRow,
    output, outputRow, later, 0, packed, spare,
  );
}

function clearRows(row: usize, step: usize, rows: u32, width: u32): void {
  for (; rows; rows--, row += step) clear(row, width);
}

/** The weights of one query of the block on keys `from` to `to` of a visit, from its products with them. */
function weighQuery(
  p: Problem, scratch: usize, batch: u32, head: u32, first: u32, row: u32, weights: usize, from: u32, to: u32,
  visit: Visit, bits: u64, later: bool, alone: bool,
): void {
  const last = roundUp(to, 4);
  if (p.biasKind) addBias(p, batch, head, first + row, visit.start + from, to - from, weights + 4 * from);
  const shrink = weighRow(
    weights, from, last, visit.bits != 0 || (to & 3) != 0, bits, p.biasKind ? 1 : p.scale,
    ForwardScratch.maximum(p, scratch) + 4 * row, ForwardScratch.sum(p, scratch) + 4 * row,
  );
  if (later && shrink != 1) {
    const width = paddedWidth(p.width);
    scaleRow(ForwardScratch.output(p, scratch) + row * 4 * (width as usize), width, shrink);
  }
  if (p.dropping) {
    const query = (batch * p.heads + head) * p.queries + first + row;
    dropRow(p, weights, from, last, query * p.keys + visit.start);
  }
  if (alone) scaleRow(weights + 4 * from, last - from, 1 / load<f32>(ForwardScratch.sum(p, scratch) + 4 * row));
}

/** Divides by the sums; a query that saw nothing is 0, and so is its log-sum-exp. */
function finishBlock(p: Problem, scratch: usize, batch: u32, head: u32, first: u32, rows: u32, seen: bool, divided: bool): void {
  const outputRow = 4 * (paddedWidth(p.width) as usize);
  let from = ForwardScratch.output(p, scratch);
  let to = p.output + batch * p.queryBatch + head * p.queryHead + first * p.queryRow;
  const statistics = p.logSumExp + 4 * (((batch * p.heads + head) * p.queries + first) as usize);
  for (let row: u32 = 0; row < rows; row++) {
    const sum = load<f32>(ForwardScratch.sum(p, scratch) + 4 * row);
    if (seen && sum != 0) {
      if (!divided) copyScaled(from, to, p.width, 1 / sum);
      store<f32>(statistics + 4 * row, load<f32>(ForwardScratch.maximum(p, scratch) + 4 * row) + log1(sum));
    } else {
      clear(to, p.width);
      store<f32>(statistics + 4 * row, 0);
    }
    from += outputRow;
    to += p.queryRow;
  }
}
