/** Attention forward where a library multiplies tiles. */
import { libraryProduct } from "../gemm/library-product";
import { Cursor } from "./cursor";
import {
  clearRows, columnOf, firstOf, Group, GROUP_KEYS, GROUP_STEP, isWhole, lastOf, readGroup, runAt, seenBits,
} from "./group";
import { addBias } from "./logits";
import { roundUp } from "./problem";
import { carryOn, clear, clearBeside, dropRow, greatest, greatestSeen, LOWEST, scaleRow, weigh, weighSeen } from "./rows";

/** The visits of a query block: its unnormalised output, maxima and sums. */
export function attendByLibrary(c: Cursor): void {
  const ldq = (c.queryRow / 4) as u32, ldk = (c.keyRow / 4) as u32, ldo = (c.targetRow / 4) as u32;
  for (let index: u32 = 0; index < c.visits.count; ) {
    const group = readGroup(c, index);
    c.later = index > 0 || clearRows(c, group, c.sums, c.targetRow);
    const at = c.keyHeadAt + group.start * c.keyRow;
    const from = group.from, rows = group.to - from, keys = group.keys;
    const query = c.query + c.queryAt + from * c.queryRow;
    const tile = c.tile + from * GROUP_STEP, sums = c.sums + from * c.targetRow;
    libraryProduct(false, true, rows, keys, c.width, query, ldq, c.key + at, ldk, tile, GROUP_KEYS, false);
    for (let row = from; row < group.to; row++) weighQuery(c, row, group);
    libraryProduct(false, false, rows, c.width, keys, tile, GROUP_KEYS, c.value + at, ldk, sums, ldo, c.later);
    index += group.visits;
  }
}

/** The weights of one query of the block on the keys of a group. */
function weighQuery(c: Cursor, row: u32, group: Group): void {
  const weights = c.tile + row * GROUP_STEP;
  const maximum = c.maximum + 4 * row;
  const scale: f32 = c.biasKind ? 1 : c.scale;
  const now = max(load<f32>(maximum), greatestOf(c, row, group, scale));
  let total: f32 = 0;
  for (let index: u32 = 0; index < group.runs; index++) {
    const run = runAt(group, index);
    const logits = weights + columnOf(group, run);
    if (isWhole(run)) {
      total += weigh(logits, 0, run.count, scale, now);
      continue;
    }
    const bits = seenBits(c, run, row);
    if (bits) {
      total += weighSeen(logits, firstOf(bits), lastOf(bits), scale, now, bits);
      clearBeside(logits, firstOf(bits), lastOf(bits), run.count);
    } else clear(logits, run.count);
  }
  const shrink = carryOn(maximum, c.sum + 4 * row, now, total);
  if (c.later && shrink != 1) scaleRow(c.sums + row * c.targetRow, c.targetRow >> 2, shrink);
  if (c.dropping) dropRow(c, weights, 0, roundUp(group.keys, 4), (c.queryIndex + row) * c.keys + group.start);
}

/** The greatest logit of a query on the keys of a group, once the bias is added. */
function greatestOf(c: Cursor, row: u32, group: Group, scale: f32): f32 {
  let most = LOWEST;
  for (let index: u32 = 0; index < group.runs; index++) {
    const run = runAt(group, index);
    const logits = c.tile + row * GROUP_STEP + columnOf(group, run);
    if (isWhole(run)) {
      if (c.biasKind) addBias(c, row, run.start, run.count, logits);
      most = max(most, greatest(logits, 0, run.count, scale));
      continue;
    }
    const bits = seenBits(c, run, row);
    if (!bits) continue;
    const from = firstOf(bits);
    const to = min(lastOf(bits), run.count);
    if (c.biasKind) addBias(c, row, run.start + from, to - from, logits + 4 * from);
    most = max(most, greatestSeen(logits, from, lastOf(bits), scale, bits));
  }
  return most;
}
