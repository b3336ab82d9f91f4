/**
 * Attention forward: one query block of one row and head at a time, softmax over its visits with a running maximum
 * and sum. Source: Milakov and Gimelshein 2018, https://arxiv.org/abs/1805.02867.
 */
import { TILE_COLUMNS, TILE_ROWS } from "../gemm/tile";
import { packB } from "../gemm/pack";
import { log1 } from "../math/log";
import { addBias } from "./logits";
import { nativeProduct } from "./native-product";
import { multiplyRows } from "./products";
import { Problem, queryBlocks, roundUp, TILE_STEP, VISIT_KEYS } from "./problem";
import { copyScaled, dropRow, LOWEST, scaleRow, weighRow } from "./rows";
import { ForwardScratch, paddedWidth } from "./scratch";
import { bitsOf, commonBits, everyKey, Visit, visitAt, visitsOf } from "./visit";

/** Range: query blocks, counted over `B·H`. */
export function attentionForward(problem: usize, scratch: usize, start: u32, end: u32): void {
  const p = changetype<Problem>(problem);
  const blocks = queryBlocks(p);
  for (; start < end; start++) {
    const matrix = start / blocks;
    attendBlock(p, scratch, matrix / p.heads, matrix % p.heads, start % blocks);
  }
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
  for (let index: u32 = 0; index < visits.count; index++) {
    attendVisit(p, scratch, batch, head, first, rows, visitAt(p, visits, index), index > 0);
  }
  finishBlock(p, scratch, batch, head, first, rows, visits.count > 0);
}

function attendVisit(
  p: Problem, scratch: usize, batch: u32, head: u32, first: u32, rows: u32, visit: Visit, later: bool,
): void {
  const at = batch * p.keyBatch + (head / (p.heads / p.groups)) * p.keyHead + visit.start * p.keyRow;
  if (p.native) return attendNatively(p, scratch, batch, head, first, rows, visit, at, later);
  packB(true, p.key + at, p.keyRow, p.width, visit.count, ForwardScratch.keys(p, scratch));
  packB(false, p.value + at, p.keyRow, visit.count, p.width, ForwardScratch.values(p, scratch));
  for (let row: u32 = 0; row < rows; row += TILE_ROWS) {
    attendTile(p, scratch, batch, head, first, row, min(TILE_ROWS, rows - row), visit, later);
  }
}

/** Up to 6 queries on one visit; later visits add to what earlier ones found. */
function attendTile(
  p: Problem, scratch: usize, batch: u32, head: u32, first: u32, row: u32, rows: u32, visit: Visit, later: bool,
): void {
  const outputRow = 4 * (paddedWidth(p.width) as usize);
  const output = ForwardScratch.output(p, scratch) + row * outputRow;
  const every = everyKey(visit.count);
  const common = commonBits(p, visit, row, rows, every);
  if (!common) {
    if (!later) memory.fill(output, 0, rows * outputRow);
    return;
  }
  const from = (ctz(common) as u32) & ~3;
  const to = 64 - (clz(common) as u32);
  const tile = ForwardScratch.tile(scratch);
  const query = p.query + batch * p.queryBatch + head * p.queryHead + (first + row) * p.queryRow;
  const keys = ForwardScratch.keys(p, scratch);
  const panelOfKeys = 4 * TILE_COLUMNS * (p.width as usize);
  multiplyRows(
    p.width, query, p.queryRow, keys, panelOfKeys, from / TILE_COLUMNS, roundUp(to, TILE_COLUMNS) / TILE_COLUMNS,
    tile, TILE_STEP, false, rows,
  );
  for (let i: u32 = 0; i < rows; i++) {
    weighQuery(p, scratch, batch, head, first, row + i, tile + i * TILE_STEP, from, to, visit, bitsOf(p, visit, row + i, every), later);
  }
  const panelOfValues = 4 * TILE_COLUMNS * (visit.count as usize);
  multiplyRows(
    to - from, tile + 4 * from, TILE_STEP, ForwardScratch.values(p, scratch) + 4 * TILE_COLUMNS * from, panelOfValues,
    0, paddedWidth(p.width) / TILE_COLUMNS, output, outputRow, later, rows,
  );
}

/** The weights of one query of the block on keys `from` to `to` of a visit, from its products with them. */
function weighQuery(
  p: Problem, scratch: usize, batch: u32, head: u32, first: u32, row: u32, weights: usize, from: u32, to: u32,
  visit: Visit, bits: u64, later: bool,
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
  if (!p.dropping) return;
  const query = (batch * p.heads + head) * p.queries + first + row;
  dropRow(p, weights, from, last, query * p.keys + visit.start);
}

/** A visit whose tiles a library multiplies; `at` is where its keys and values begin. */
function attendNatively(
  p: Problem, scratch: usize, batch: u32, head: u32, first: u32, rows: u32, visit: Visit, at: usize, later: bool,
): void {
  const tile = ForwardScratch.tile(scratch);
  const query = p.query + batch * p.queryBatch + head * p.queryHead + first * p.queryRow;
  const ldk = (p.keyRow / 4) as u32;
  nativeProduct(
    false, true, rows, visit.count, p.width, query, (p.queryRow / 4) as u32, p.key + at, ldk, tile, VISIT_KEYS, false,
  );
  const every = everyKey(visit.count);
  for (let row: u32 = 0; row < rows; row++) {
    weighQuery(p, scratch, batch, head, first, row, tile + row * TILE_STEP, 0, visit.count, visit, bitsOf(p, visit, row, every), later);
  }
  const output = ForwardScratch.output(p, scratch);
  nativeProduct(
    false, false, rows, p.width, visit.count, tile, VISIT_KEYS, p.value + at, ldk, output, paddedWidth(p.width), later,
  );
}

/** Divides by the sums; a query that saw nothing is 0, and so is its log-sum-exp. */
function finishBlock(p: Problem, scratch: usize, batch: u32, head: u32, first: u32, rows: u32, seen: bool): void {
  const outputRow = 4 * (paddedWidth(p.width) as usize);
  let from = ForwardScratch.output(p, scratch);
  let to = p.output + batch * p.queryBatch + head * p.queryHead + first * p.queryRow;
  const statistics = p.logSumExp + 4 * (((batch * p.heads + head) * p.queries + first) as usize);
  for (let row: u32 = 0; row < rows; row++) {
    const sum = load<f32>(ForwardScratch.sum(p, scratch) + 4 * row);
    if (seen && sum != 0) {
      copyScaled(from, to, p.width, 1 / sum);
      store<f32>(statistics + 4 * row, load<f32>(ForwardScratch.maximum(p, scratch) + 4 * row) + log1(sum));
    } else {
      memory.fill(to, 0, 4 * p.width);
      store<f32>(statistics + 4 * row, 0);
    }
    from += outputRow;
    to += p.queryRow;
  }
}
