/** Attention backward where a library multiplies tiles. */
import { libraryProduct } from "../gemm/library-product";
import { exp4 } from "../math/exp";
import { Cursor } from "./cursor";
import { differentiateQuery } from "./differentiate";
import { clearRows, columnOf, firstOf, Group, isWhole, lastOf, readGroup, runAt, seenBits } from "./group";
import { exponentials, isNear, packKeys, packQueries } from "./panels";
import { roundUp, WITH_FUNCTIONS } from "./problem";
import { addToRow, clear, copyScaled } from "./rows";

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
  for (let index: u32 = 0; index < group.runs; index++) {
    const run = runAt(group, index);
    const place = (row - group.from) * group.step + columnOf(group, run);
    const bits = isWhole(run) ? 0 : seenBits(c, run, row);
    if (isWhole(run) || bits) {
      c.fromKey = bits ? firstOf(bits) : 0;
      c.toKey = bits ? min(lastOf(bits), run.count) : run.count;
      differentiateQuery(c, row, place, run, bits);
    } else {
      clear(c.tile + place, run.count);
      clear(c.gradients + place, run.count);
    }
  }
}
