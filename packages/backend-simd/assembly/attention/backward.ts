/**
 * Attention backward, by recomputation from the log-sum-exp: with P the weights, Z the factors of dropout and ∘ the
 * elementwise product, dV = (P∘Z)ᵀ·dO, dP = (dO·Vᵀ)∘Z, dS = P∘(dP − Σ dO∘O), dQ = dS·K·scale, dK = dSᵀ·Q·scale.
 * Source: Dao et al. 2022, appendix B, https://arxiv.org/abs/2205.14135.
 */
import { packB } from "../gemm/pack";
import { TILE_ROWS } from "../gemm/tile";
import { differentiateByLibrary } from "./backward-by-library";
import { bitsAt, Cursor, moveToBlock, moveToKeys, moveToVisit, openBackward } from "./cursor";
import { clearBiasGradient, differentiateQuery } from "./differentiate";
import { queryBlocks, TILE_STEP, VISIT_KEYS } from "./problem";
import { multiplyByColumns, multiplyByRows, multiplyTransposed, packRows } from "./products";
import { clear, copyScaled, dotRows } from "./rows";
import { everyKey, queriesThatSee, visitAt, visitsOf } from "./visit";
import { warmKeys, warmQueries, warmVisit } from "./warm";

/**
 * The gradients of `attentionForward`, of keys and values summed in each part apart.
 *
 * Range: parts of the query blocks, counted over `B·G`. A part sums the gradients of its keys and values in order, so
 * no other thread writes there: part `i` has blocks `i`, `i + parts`, …, which evens out what a causal mask shows. The
 * first block of the first head writes them, the others add.
 *
 * @param problem - address of a `Problem`. @param scratch - `attentionBackwardScratchBytes` bytes of this thread alone.
 */
export function attentionBackward(problem: usize, scratch: usize, start: u32, end: u32): void {
  const c = openBackward(problem, scratch);
  const heads = c.heads / c.groups;
  const blocks = queryBlocks(c);
  for (; start < end; start++) {
    const matrix = start / c.parts;
    const batch = matrix / c.groups;
    const group = matrix % c.groups;
    c.part = start % c.parts;
    if (start % (c.groups * c.parts) == 0) warmRow(c, batch);
    clearUnseenKeys(c, batch, group);
    for (let head = group * heads; head < (group + 1) * heads; head++) {
      for (let block = c.part; block < blocks; block += c.parts) {
        moveToBlock(c, batch, head, block, c.dQuery);
        if (c.dBias && block == c.part) clearBiasGradient(c);
        c.adds = head > group * heads || block > c.part;
        differentiateBlock(c);
      }
    }
  }
}

/** What a batch row reads and writes. */
function warmRow(c: Cursor, batch: u32): void {
  warmQueries(c, c.query, batch);
  warmQueries(c, c.output, batch);
  warmQueries(c, c.dOutput, batch);
  warmQueries(c, c.dQuery, batch);
  warmKeys(c, c.key, batch);
  warmKeys(c, c.value, batch);
  warmKeys(c, c.dKey, batch);
  warmKeys(c, c.dValue, batch);
}

/** The gradients of keys and values that the first block of a part does not look at. */
function clearUnseenKeys(c: Cursor, batch: u32, group: u32): void {
  const visits = visitsOf(c, batch, group * (c.heads / c.groups), c.part);
  const at = batch * c.keyBatch + group * c.keyHead + c.part * c.partStep;
  let key: u32 = 0;
  for (let index: u32 = 0; index < visits.count; index++) {
    const visit = visitAt(c, visits, index);
    clearKeys(c, at + key * c.keyRow, max(visit.start, key) - key);
    key = visit.start + visit.count;
  }
  clearKeys(c, at + key * c.keyRow, c.keys - key);
}

/** Zeros for the gradients of `count` keys and values; `at` is where the first begins. */
function clearKeys(c: Cursor, at: usize, count: u32): void {
  for (; count; count--, at += c.keyRow) {
    clear(c.dKey + at, c.width);
    clear(c.dValue + at, c.width);
  }
}

function differentiateBlock(c: Cursor): void {
  const visits = c.visits.count;
  const dOutput = c.dOutput + c.queryAt, output = c.output + c.queryAt;
  for (let row: u32 = 0; visits && row < c.rows; row++) {
    store<f32>(c.correction + 4 * row, dotRows(dOutput + row * c.queryRow, output + row * c.queryRow, c.width));
  }
  if (visits && c.library) return differentiateByLibrary(c);
  if (visits) {
    packRows(c, c.query + c.queryAt, c.queryRow, c.rows, c.queryRows);
    packRows(c, dOutput, c.queryRow, c.rows, c.outputGradientRows);
  }
  for (let index: u32 = 0; index < visits; index++) {
    moveToVisit(c, index);
    differentiateVisit(c);
  }
  if (c.alone) return;
  let to = c.dQuery + c.queryAt;
  for (let row: u32 = 0; row < c.rows; row++, to += c.queryRow) {
    if (visits) copyScaled(c.sums + row * c.targetRow, to, c.width, 1);
    else clear(to, c.width);
  }
}

function differentiateVisit(c: Cursor): void {
  const count = c.visit.count;
  const key = c.key + c.keyAt, value = c.value + c.keyAt;
  warmVisit(c, key, count);
  warmVisit(c, value, count);
  packB(true, key, c.keyRow, c.width, count, c.keyColumns);
  packB(true, value, c.keyRow, c.width, count, c.valueColumns);
  packRows(c, key, c.keyRow, count, c.keyRows);
  for (let row: u32 = 0; row < c.rows; row += TILE_ROWS) differentiateTile(c, row, min(TILE_ROWS, c.rows - row));
  for (let first: u32 = 0; first < count; first += TILE_ROWS) addToKeys(c, first, min(TILE_ROWS, count - first));
}

/** Adds the block's share to the gradients of `keys` keys and values of the visit. */
function addToKeys(c: Cursor, first: u32, keys: u32): void {
  const seenBy = queriesThatSee(c, c.visit, c.rows, everyKey(keys) << first);
  const from = seenBy & 0xffff;
  const to = seenBy >> 16;
  const at = c.part * c.partStep + c.keyAt + first * c.keyRow;
  if (from < to) {
    multiplyTransposed(c, c.tile + 4 * first, from, to, c.dOutput, c.outputGradientRows, c.dValue + at, keys);
    multiplyTransposed(c, c.gradients + 4 * first, from, to, c.query, c.queryRows, c.dKey + at, keys);
  } else if (!c.adds) clearKeys(c, at, keys);
}

/** Up to 6 queries on one visit: their rows of both tiles, and what the visit adds to their own gradient. */
function differentiateTile(c: Cursor, row: u32, rows: u32): void {
  const place = row * TILE_STEP;
  const weights = c.tile + place, gradients = c.gradients + place;
  const at = c.queryAt + row * c.queryRow;
  const dQuery = c.target + row * c.targetRow;
  if (!moveToKeys(c, row, rows)) {
    clear(weights, rows * VISIT_KEYS);
    clear(gradients, rows * VISIT_KEYS);
    for (let i: u32 = 0; !c.later && i < rows; i++) clear(dQuery + i * c.targetRow, c.width);
    return;
  }
  multiplyByColumns(c, c.query + at, c.keyColumns, weights, rows);
  multiplyByColumns(c, c.dOutput + at, c.valueColumns, gradients, rows);
  for (let i: u32 = 0; i < rows; i++) differentiateQuery(c, row + i, place + i * TILE_STEP, c.visit, bitsAt(c, row + i));
  multiplyByRows(c, gradients, c.key + c.keyAt, dQuery, rows);
}
