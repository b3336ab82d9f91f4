/** Attention forward where a library multiplies tiles. */
import { libraryProduct } from "../gemm/library-product";
import { Cursor } from "./cursor";
import { clearRows, columnOf, firstOf, lastOf, readGroup, runAt, SCATTERED, seenBits, spanOf } from "./group";
import { addBias } from "./logits";
import { exponentials, isNear, packKeys, packQueries, staysNear } from "./panels";
import { roundUp, WITH_FUNCTIONS } from "./problem";
import {
  addToRow, carryOn, clearBeside, dropRow, greatest, greatestSeen, LOWEST, scaleRow, sumOf, sumSeen, weigh, weighSeen,
} from "./rows";
import { Group } from "./visit";

/** The visits of a query block: its unnormalised output, maxima and sums. */
export function attendByLibrary(c: Cursor): void {
  const ld = (c.panelRow / 4) as u32, isByFunctions = c.library == WITH_FUNCTIONS;
  if (c.visits.count) packQueries(c, c.query, c.queryPanel, c.factor);
  for (let index: u32 = 0; index < c.visits.count; ) {
    const group = readGroup(c, index);
    c.later = index > 0 || clearRows(c, group, c.sums, c.targetRow);
    packKeys(c, group);
    const from = group.from, rows = group.to - from, keys = group.keys, step = (group.step / 4) as u32;
    const query = c.queryPanel + from * c.panelRow, sums = c.sums + from * c.targetRow;
    libraryProduct(false, true, rows, keys, c.width, query, ld, c.keyPanel, ld, c.tile, step, false);
    if (isByFunctions) {
      for (let row = from; row < group.to; row++) shiftQuery(c, row, group);
      exponentials(c, group);
    }
    for (let row = from; row < group.to; row++) weighQuery(c, row, group, isByFunctions);
    libraryProduct(false, false, rows, c.width, keys, c.tile, step, c.valuePanel, ld, sums, ld, c.later);
    index += group.visits;
  }
}

/** A query's row of the tile. */
@inline
function rowAt(c: Cursor, row: u32, group: Group): usize {
  return c.tile + (row - group.from) * group.step;
}

/**
 * Lessens the logits of a query by what its weights are relative to, for a library's exponentials. That is 0 while no logit is
 * far from it, so that most rows stay as they are. It is kept where the maximum is, by what the query sees alone.
 */
function shiftQuery(c: Cursor, row: u32, group: Group): void {
  const before = load<f32>(c.maximum + 4 * row), most = greatestOf(c, row, group);
  let now = before;
  if (most != LOWEST && !staysNear(most, before)) now = isNear(most) ? 0 : most;
  store<f32>(c.relative + 4 * row, now);
  if (now != 0 && now != LOWEST) addToRow(rowAt(c, row, group), roundUp(group.keys, 4), -now);
}

/** The weights of one query of the block on the keys of a group; where functions were applied, their sum alone is missing. */
function weighQuery(c: Cursor, row: u32, group: Group, isByFunctions: bool): void {
  const weights = rowAt(c, row, group);
  const maximum = c.maximum + 4 * row;
  const now = isByFunctions ? load<f32>(c.relative + 4 * row) : max(load<f32>(maximum), greatestOf(c, row, group));
  const span = spanOf(c, group, row), from = span & 0xffff, to = span >> 16;
  let total: f32 = 0;
  if (span == SCATTERED) total = weighScattered(c, row, group, isByFunctions, now);
  else {
    total = isByFunctions ? sumOf(weights + 4 * from, to - from) : weigh(weights, from, to, 1, now);
    clearBeside(weights, from, to, group.keys);
  }
  const shrink = carryOn(maximum, c.sum + 4 * row, now, total);
  if (c.later && shrink != 1) scaleRow(c.sums + row * c.targetRow, c.targetRow >> 2, shrink);
  if (c.dropping) dropRow(c, weights, 0, roundUp(group.keys, 4), (c.queryIndex + row) * c.keys + group.start);
}

/** As `weighQuery`, of a query that sees keys with gaps between: the sum of its weights. */
function weighScattered(c: Cursor, row: u32, group: Group, isByFunctions: bool, maximum: f32): f32 {
  let total: f32 = 0;
  for (let index: u32 = 0; index < group.visits; index++) {
    const run = runAt(c, group, index), bits = seenBits(c, run, row);
    const logits = rowAt(c, row, group) + columnOf(group, run);
    const from = bits ? firstOf(bits) : 0, to = bits ? lastOf(bits) : 0;
    total += isByFunctions ? sumSeen(logits, from, to, bits) : weighSeen(logits, from, to, 1, maximum, bits);
    clearBeside(logits, from, to, run.count);
  }
  return total;
}

/** The greatest logit of a query on the keys of a group, once the bias is added. */
function greatestOf(c: Cursor, row: u32, group: Group): f32 {
  const span = spanOf(c, group, row);
  if (span == SCATTERED) return greatestScattered(c, row, group);
  const from = span & 0xffff, count = (span >> 16) - from, logits = rowAt(c, row, group) + 4 * from;
  if (c.biasKind) addBias(c, row, group.start + from, count, logits);
  return greatest(logits, 0, count, 1);
}

/** As `greatestOf`, of a query that sees keys with gaps between. */
function greatestScattered(c: Cursor, row: u32, group: Group): f32 {
  let most = LOWEST;
  for (let index: u32 = 0; index < group.visits; index++) {
    const run = runAt(c, group, index);
    const logits = rowAt(c, row, group) + columnOf(group, run), bits = seenBits(c, run, row);
    if (!bits) continue;
    const from = firstOf(bits);
    const to = min(lastOf(bits), run.count);
    if (c.biasKind) addBias(c, row, run.start + from, to - from, logits + 4 * from);
    most = max(most, greatestSeen(logits, from, lastOf(bits), 1, bits));
  }
  return most;
}
