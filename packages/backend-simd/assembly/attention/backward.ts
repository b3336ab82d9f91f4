/**
 * Attention backward, by recomputation from the log-sum-exp: with P the weights, Z the factors of dropout and ∘ the
 * elementwise product, dV = (P∘Z)ᵀ·dO, dP = (dO·Vᵀ)∘Z, dS = P∘(dP − Σ dO∘O), dQ = dS·K·scale, dK = dSᵀ·Q·scale.
 * Source: Dao et al. 2022, appendix B, https://arxiv.org/abs/2205.14135.
 */
import { packB } from "../gemm/pack";
import { TILE_COLUMNS, TILE_ROWS } from "../gemm/tile";
import { differentiateByLibrary } from "./backward-by-library";
import { biasGradientOf, clearBiasGradient } from "./bias-gradient";
import { addBias, addBiasGradient } from "./logits";
import { Problem, queryBlocks, roundUp, TILE_STEP, VISIT_KEYS } from "./problem";
import { isDirect, multiplyRows, multiplyTransposed, packRows, panelOfRows, rowsOf, stepOfRows } from "./products";
import { clear, clearBeside, copyScaled, differentiateRow, dotRows, scaleRow } from "./rows";
import { BackwardScratch, paddedWidth } from "./scratch";
import { bitsOf, commonBits, everyKey, Visit, visitAt, visitsOf } from "./visit";
import { warmKeys, warmQueries, warmVisit } from "./warm";

/**
 * Range: parts of the query blocks, counted over `B·G`. A part sums the gradients of its keys and values in order, so
 * no other thread writes there: part `i` has blocks `i`, `i + parts`, …, which evens out what a causal mask shows. The
 * first block of the first head writes them, the others add.
 */
export function attentionBackward(problem: usize, scratch: usize, start: u32, end: u32): void {
  const p = changetype<Problem>(problem);
  const heads = p.heads / p.groups;
  const blocks = queryBlocks(p);
  for (; start < end; start++) {
    const part = start % p.parts;
    const matrix = start / p.parts;
    const batch = matrix / p.groups;
    const group = matrix % p.groups;
    if (start % (p.groups * p.parts) == 0) warmRow(p, batch, scratch);
    clearUnseenKeys(p, batch, group, part);
    for (let head = group * heads; head < (group + 1) * heads; head++) {
      if (p.dBias) clearBiasGradient(p, batch, head, part);
      for (let block = part; block < blocks; block += p.parts) {
        differentiateBlock(p, scratch, batch, head, part, block, head > group * heads || block > part);
      }
    }
  }
}

/** What a batch row reads and writes. */
function warmRow(p: Problem, batch: u32, scratch: usize): void {
  warmQueries(p, p.query, batch, scratch);
  warmQueries(p, p.output, batch, scratch);
  warmQueries(p, p.dOutput, batch, scratch);
  warmQueries(p, p.dQuery, batch, scratch);
  warmKeys(p, p.key, batch, scratch);
  warmKeys(p, p.value, batch, scratch);
  warmKeys(p, p.dKey, batch, scratch);
  warmKeys(p, p.dValue, batch, scratch);
}

/** The gradients of keys and values that the first block of a part does not look at. */
function clearUnseenKeys(p: Problem, batch: u32, group: u32, part: u32): void {
  const visits = visitsOf(p, batch, group * (p.heads / p.groups), part);
  const at = batch * p.keyBatch + group * p.keyHead + part * p.partStep;
  let key: u32 = 0;
  for (let index: u32 = 0; index < visits.count; index++) {
    const visit = visitAt(p, visits, index);
    clearKeys(p, at + key * p.keyRow, max(visit.start, key) - key);
    key = visit.start + visit.count;
  }
  clearKeys(p, at + key * p.keyRow, p.keys - key);
}

/** Zeros for the gradients of `count` keys and values; `at` is where the first begins. */
function clearKeys(p: Problem, at: usize, count: u32): void {
  for (; count; count--, at += p.keyRow) {
    clear(p.dKey + at, p.width);
    clear(p.dValue + at, p.width);
  }
}

/** @param adds - to the gradients of keys and values. */
function differentiateBlock(p: Problem, scratch: usize, batch: u32, head: u32, part: u32, block: u32, adds: bool): void {
  const first = block * p.blockQueries;
  const rows = min(p.blockQueries, p.queries - first);
  const at = batch * p.queryBatch + head * p.queryHead + first * p.queryRow;
  const visits = visitsOf(p, batch, head, block);
  // The products of a single visit are the gradient of its queries.
  const alone = visits.count == 1 && isDirect(p);
  if (visits.count) {
    if (!p.library) {
      packRows(p, p.query + at, p.queryRow, rows, BackwardScratch.queryRows(p, scratch));
      packRows(p, p.dOutput + at, p.queryRow, rows, BackwardScratch.outputGradientRows(p, scratch));
    }
    for (let row: u32 = 0; row < rows; row++) {
      const correction = dotRows(p.dOutput + at + row * p.queryRow, p.output + at + row * p.queryRow, p.width);
      store<f32>(BackwardScratch.correction(p, scratch) + 4 * row, correction);
    }
  }
  if (p.library && visits.count) return differentiateByLibrary(p, scratch, batch, head, part, first, rows, visits, adds);
  for (let index: u32 = 0; index < visits.count; index++) {
    differentiateVisit(p, scratch, batch, head, part, first, rows, visitAt(p, visits, index), index > 0, adds, alone);
  }
  if (alone) return;
  let from = BackwardScratch.dQuery(p, scratch);
  let to = p.dQuery + at;
  for (let row: u32 = 0; row < rows; row++) {
    if (visits.count) copyScaled(from, to, p.width, 1);
    else clear(to, p.width);
    from += 4 * paddedWidth(p.width);
    to += p.queryRow;
  }
}

function differentiateVisit(
  p: Problem, scratch: usize, batch: u32, head: u32, part: u32, first: u32, rows: u32, visit: Visit, later: bool,
  adds: bool, alone: bool,
): void {
  const at = batch * p.keyBatch + (head / (p.heads / p.groups)) * p.keyHead + visit.start * p.keyRow;
  warmVisit(p, p.key + at, visit.count, scratch);
  warmVisit(p, p.value + at, visit.count, scratch);
  packB(true, p.key + at, p.keyRow, p.width, visit.count, BackwardScratch.keyColumns(p, scratch));
  packB(true, p.value + at, p.keyRow, p.width, visit.count, BackwardScratch.valueColumns(p, scratch));
  packRows(p, p.key + at, p.keyRow, visit.count, BackwardScratch.keyRows(p, scratch));
  for (let row: u32 = 0; row < rows; row += TILE_ROWS) {
    differentiateTile(p, scratch, batch, head, part, first, row, min(TILE_ROWS, rows - row), visit, at, later, alone);
  }
  const spare = BackwardScratch.spare(p, scratch);
  const queryAt = batch * p.queryBatch + head * p.queryHead + first * p.queryRow;
  const queries = rowsOf(p, p.query + queryAt, BackwardScratch.queryRows(p, scratch));
  const dOutputs = rowsOf(p, p.dOutput + queryAt, BackwardScratch.outputGradientRows(p, scratch));
  const rowStep = stepOfRows(p, p.queryRow);
  const panelStep = panelOfRows(p, rows);
  for (let key: u32 = 0; key < visit.count; key += TILE_ROWS) {
    const keys = min(TILE_ROWS, visit.count - key);
    const seenBy = queriesThatSee(p, visit, key, keys, rows);
    const from = seenBy & 0xffff;
    const to = seenBy >> 16;
    const target = part * p.partStep + at + key * p.keyRow;
    if (from >= to) {
      if (!adds) clearKeys(p, target, keys);
      continue;
    }
    const tile = (from as usize) * TILE_STEP + 4 * key;
    multiplyTransposed(
      to - from, BackwardScratch.weights(scratch) + tile, dOutputs + rowStep * from, rowStep, panelStep,
      p.dValue + target, p.keyRow, adds, p.width, keys, spare,
    );
    multiplyTransposed(
      to - from, BackwardScratch.gradients(p, scratch) + tile, queries + rowStep * from, rowStep, panelStep,
      p.dKey + target, p.keyRow, adds, p.width, keys, spare,
    );
  }
}

/** The first query of the block that sees one of some keys, and (in the upper half) the one after the last. */
function queriesThatSee(p: Problem, visit: Visit, key: u32, keys: u32, rows: u32): u32 {
  if (!visit.bits) return rows << 16;
  const wanted = everyKey(keys) << key;
  let from: u32 = 0;
  while (from < rows && !(bitsOf(p, visit, from, 0) & wanted)) from++;
  let to = rows;
  while (to > from && !(bitsOf(p, visit, to - 1, 0) & wanted)) to--;
  return from | (to << 16);
}

/** Up to 6 queries on one visit: their rows of both tiles, and what the visit adds to their own gradient. */
function differentiateTile(
  p: Problem, scratch: usize, batch: u32, head: u32, part: u32, first: u32, row: u32, rows: u32, visit: Visit, keyAt: usize,
  later: bool, alone: bool,
): void {
  const weights = BackwardScratch.weights(scratch) + row * TILE_STEP;
  const gradients = BackwardScratch.gradients(p, scratch) + row * TILE_STEP;
  const at = batch * p.queryBatch + head * p.queryHead + (first + row) * p.queryRow;
  const dQueryRow = alone ? p.queryRow : 4 * (paddedWidth(p.width) as usize);
  const dQuery = alone ? p.dQuery + at : BackwardScratch.dQuery(p, scratch) + row * dQueryRow;
  const every = everyKey(visit.count);
  const common = commonBits(p, visit, row, rows, every);
  if (!common) {
    clear(weights, rows * VISIT_KEYS);
    clear(gradients, rows * VISIT_KEYS);
    for (let i: u32 = 0; !later && i < rows; i++) clear(dQuery + i * dQueryRow, p.width);
    return;
  }
  const from = (ctz(common) as u32) & ~3;
  const to = 64 - (clz(common) as u32);
  const panelStep = 4 * TILE_COLUMNS * (p.width as usize);
  const panel = from / TILE_COLUMNS;
  const panels = roundUp(to, TILE_COLUMNS) / TILE_COLUMNS;
  multiplyRows(
    p.width, p.query + at, p.queryRow, BackwardScratch.keyColumns(p, scratch), 4 * TILE_COLUMNS, panelStep, panel, panels,
    weights, TILE_STEP, false, rows,
  );
  multiplyRows(
    p.width, p.dOutput + at, p.queryRow, BackwardScratch.valueColumns(p, scratch), 4 * TILE_COLUMNS, panelStep, panel, panels,
    gradients, TILE_STEP, false, rows,
  );
  for (let i: u32 = 0; i < rows; i++) {
    differentiateQuery(p, scratch, batch, head, part, first, row + i, from, to, visit, bitsOf(p, visit, row + i, every));
  }
  const keys = rowsOf(p, p.key + keyAt, BackwardScratch.keyRows(p, scratch));
  const keyStep = stepOfRows(p, p.keyRow);
  multiplyRows(
    to - from, gradients + 4 * from, TILE_STEP, keys + keyStep * from, keyStep, panelOfRows(p, visit.count),
    0, paddedWidth(p.width) / TILE_COLUMNS, dQuery, dQueryRow, later, rows,
  );
}

/** One row of both tiles, from products to gradients; 0 beyond keys `from` to `to`. */
function differentiateQuery(
  p: Problem, scratch: usize, batch: u32, head: u32, part: u32, first: u32, row: u32, from: u32, to: u32, visit: Visit, bits: u64,
): void {
  const weights = BackwardScratch.weights(scratch) + row * TILE_STEP;
  const gradients = BackwardScratch.gradients(p, scratch) + row * TILE_STEP;
  const last = roundUp(to, 4);
  const query = (batch * p.heads + head) * p.queries + first + row;
  if (p.biasKind) addBias(p, batch, head, first + row, visit.start + from, to - from, weights + 4 * from);
  differentiateRow(
    p, weights, gradients, from, last, visit.bits != 0 || (to & 3) != 0, bits, p.biasKind ? 1 : p.scale, load<f32>(p.logSumExp + 4 * (query as usize)),
    load<f32>(BackwardScratch.correction(p, scratch) + 4 * row), p.dBias ? 1 : p.scale, query * p.keys + visit.start,
  );
  if (p.dBias) {
    const dBias = biasGradientOf(p, batch, head, part);
    addBiasGradient(p, dBias, batch, first + row, visit.start + from, to - from, gradients + 4 * from);
    scaleRow(gradients + 4 * from, last - from, p.scale);
  }
  clearBeside(weights, from, last, visit.count);
  clearBeside(gradients, from, last, visit.count);
}
