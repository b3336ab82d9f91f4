/** Attention backward where a library multiplies tiles. */
import { libraryProduct } from "../gemm/library-product";
import { Cursor } from "./cursor";
import { differentiateQuery } from "./differentiate";
import {
  clearRows, columnOf, firstOf, Group, GROUP_KEYS, GROUP_STEP, isWhole, lastOf, readGroup, runAt, seenBits,
} from "./group";
import { clear } from "./rows";

/** The visits of a query block: the gradient of its queries, and what it adds to those of keys and values. */
export function differentiateByLibrary(c: Cursor): void {
  const width = c.width, ldq = (c.queryRow / 4) as u32, ldk = (c.keyRow / 4) as u32;
  for (let index: u32 = 0; index < c.visits.count; ) {
    const group = readGroup(c, index);
    c.later = index > 0 || clearRows(c, group, c.dQuery + c.queryAt, c.queryRow);
    const at = c.keyHeadAt + group.start * c.keyRow;
    const target = c.part * c.partStep + at;
    const from = group.from, rows = group.to - from, keys = group.keys;
    const place = c.queryAt + from * c.queryRow;
    const query = c.query + place, dOutput = c.dOutput + place, dQuery = c.dQuery + place;
    const weights = c.tile + from * GROUP_STEP, gradients = c.gradients + from * GROUP_STEP;
    libraryProduct(false, true, rows, keys, width, query, ldq, c.key + at, ldk, weights, GROUP_KEYS, false);
    libraryProduct(false, true, rows, keys, width, dOutput, ldq, c.value + at, ldk, gradients, GROUP_KEYS, false);
    for (let row = from; row < group.to; row++) differentiateRuns(c, row, group);
    libraryProduct(false, false, rows, width, keys, gradients, GROUP_KEYS, c.key + at, ldk, dQuery, ldq, c.later);
    libraryProduct(true, false, keys, width, rows, weights, GROUP_KEYS, dOutput, ldq, c.dValue + target, ldk, c.adds);
    libraryProduct(true, false, keys, width, rows, gradients, GROUP_KEYS, query, ldq, c.dKey + target, ldk, c.adds);
    index += group.visits;
  }
}

/** A query's row of both tiles of a group, from products to gradients. */
function differentiateRuns(c: Cursor, row: u32, group: Group): void {
  for (let index: u32 = 0; index < group.runs; index++) {
    const run = runAt(group, index);
    const place = row * GROUP_STEP + columnOf(group, run);
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
