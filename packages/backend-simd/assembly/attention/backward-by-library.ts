/** Attention backward where a library multiplies tiles. */
import { libraryProduct } from "../gemm/library-product";
import { exp4 } from "../math/exp";
import { Cursor } from "./cursor";
import { clearGradients, differentiateKeys, differentiateQuery } from "./differentiate";
import { clearRows, columnOf, firstOf, lastOf, readGroup, runAt, SCATTERED, seenBits, spanOf } from "./group";
import { exponentials, isNear, packKeys, packQueries } from "./panels";
import { roundUp, WITH_FUNCTIONS } from "./problem";
import { addToRow, copyScaled } from "./rows";
import { Group } from "./visit";
import { warmRows, warmVisit } from "./warm";

/** The visits of a query block: the gradient of its queries, and what it adds to those of keys and values. */
export function differentiateByLibrary(c: Cursor): void {
  const width = c.width, ld = (c.panelRow / 4) as u32, ldk = (c.keyRow / 4) as u32;
  c.areExponentials = c.library == WITH_FUNCTIONS && !c.biasKind;
  packQueries(c, c.query, c.queryPanel, c.factor);
  packQueries(c, c.dOutput, c.outputGradientPanel, 1);
  for (let index: u32 = 0; index < c.visits.count; ) {
    const group = readGroup(c, index);
    c.later = index > 0 || clearRows(c, group, c.sums, c.panelRow);
    packKeys(c, group);
    const target = c.part * c.partStep + c.keyHeadAt + group.start * c.keyRow;
    warmVisit(c, c.dKey + target, group.keys);
    warmVisit(c, c.dValue + target, group.keys);
    const from = group.from, rows = group.to - from, keys = group.keys, step = (group.step / 4) as u32;
    const place = from * c.panelRow;
    const query = c.queryPanel + place, dOutput = c.outputGradientPanel + place, dQuery = c.sums + place;
    libraryProduct(false, true, rows, keys, width, query, ld, c.keyPanel, ld, c.tile, step, false);
    if (c.areExponentials) exponentiate(c, group);
    libraryProduct(false, true, rows, keys, width, dOutput, ld, c.valuePanel, ld, c.gradients, step, false);
    for (let row = from; row < group.to; row++) differentiateRuns(c, row, group);
    libraryProduct(false, false, rows, width, keys, c.gradients, step, c.keyPanel, ld, dQuery, ld, c.later);
    libraryProduct(true, false, keys, width, rows, c.tile, step, dOutput, ld, c.dValue + target, ldk, c.adds);
    libraryProduct(true, false, keys, width, rows, c.gradients, step, query, ld, c.dKey + target, ldk, c.adds);
    index += group.visits;
  }
  let to = c.dQuery + c.queryAt;
  warmRows(c, to, c.queryRow, c.rows);
  for (let row: u32 = 0; row < c.rows; row++, to += c.queryRow) copyScaled(c.sums + row * c.panelRow, to, width, c.factor);
}

/** Exponentials of the logits of a group, and what makes weights of each query's: the inverse of their sum, unless that is far from 1. */
function exponentiate(c: Cursor, group: Group): void {
  for (let row = group.from; row < group.to; row++) {
    const less = load<f32>(c.logSumExp + 4 * ((c.queryIndex + row) as usize));
    const near = isNear(less);
    if (!near) addToRow(c.tile + (row - group.from) * group.step, roundUp(group.keys, 4), -less);
    store<f32>(c.relative + 4 * row, near ? f32x4.extract_lane(exp4(f32x4.splat(-less)), 0) : 1);
  }
  exponentials(c, group);
}

/** A query's row of both tiles of a group, from products to gradients. */
function differentiateRuns(c: Cursor, row: u32, group: Group): void {
  const place = (row - group.from) * group.step, span = spanOf(c, group, row);
  if (span == SCATTERED) return differentiateScattered(c, row, group, place);
  c.fromKey = span & 0xffff;
  c.toKey = span >> 16;
  if (span) differentiateKeys(c, row, place, group.start, 0, false);
  clearGradients(c, place, c.fromKey, c.toKey, group.keys);
}

/** As `differentiateRuns`, of a query that sees keys with gaps between. */
function differentiateScattered(c: Cursor, row: u32, group: Group, place: usize): void {
  for (let index: u32 = 0; index < group.visits; index++) {
    const run = runAt(c, group, index), bits = seenBits(c, run, row), at = place + columnOf(group, run);
    c.fromKey = bits ? firstOf(bits) : 0;
    c.toKey = bits ? min(lastOf(bits), run.count) : 0;
    if (bits) differentiateQuery(c, row, at, run, bits);
    else clearGradients(c, at, 0, 0, run.count);
  }
}
