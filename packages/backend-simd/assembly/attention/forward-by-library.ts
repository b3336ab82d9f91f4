/** Attention forward where a library multiplies tiles. */
import { columnOf, firstOf, Group, GROUP_KEYS, GROUP_STEP, isWhole, lastOf, readGroup, runAt, seenBits } from "./group";
import { addBias } from "./logits";
import { libraryProduct } from "./library-product";
import { Problem, roundUp } from "./problem";
import { carryOn, clear, clearBeside, dropRow, greatest, greatestSeen, LOWEST, scaleRow, weigh, weighSeen } from "./rows";
import { ForwardScratch, paddedWidth } from "./scratch";
import { Visits } from "./visit";

/** The visits of a query block: its unnormalised output, maxima and sums. */
export function attendByLibrary(
  p: Problem, scratch: usize, batch: u32, head: u32, first: u32, rows: u32, visits: Visits,
): void {
  const tile = ForwardScratch.tile(scratch);
  const output = ForwardScratch.output(p, scratch);
  const query = p.query + batch * p.queryBatch + head * p.queryHead + first * p.queryRow;
  const keyHead = batch * p.keyBatch + (head / (p.heads / p.groups)) * p.keyHead;
  const ldq = (p.queryRow / 4) as u32;
  const ldk = (p.keyRow / 4) as u32;
  for (let index: u32 = 0; index < visits.count; ) {
    const group = readGroup(p, visits, index, ForwardScratch.group(p, scratch));
    const at = keyHead + group.start * p.keyRow;
    libraryProduct(false, true, rows, group.keys, p.width, query, ldq, p.key + at, ldk, tile, GROUP_KEYS, false);
    for (let row: u32 = 0; row < rows; row++) weighQuery(p, scratch, batch, head, first, row, group, index > 0);
    libraryProduct(
      false, false, rows, p.width, group.keys, tile, GROUP_KEYS, p.value + at, ldk, output, paddedWidth(p.width), index > 0,
    );
    index += group.visits;
  }
}

/** The weights of one query of the block on the keys of a group. */
function weighQuery(
  p: Problem, scratch: usize, batch: u32, head: u32, first: u32, row: u32, group: Group, later: bool,
): void {
  const weights = ForwardScratch.tile(scratch) + row * GROUP_STEP;
  const maximum = ForwardScratch.maximum(p, scratch) + 4 * row;
  const scale: f32 = p.biasKind ? 1 : p.scale;
  const now = max(load<f32>(maximum), greatestOf(p, batch, head, first, row, group, weights, scale));
  let total: f32 = 0;
  for (let index: u32 = 0; index < group.runs; index++) {
    const run = runAt(group, index);
    const logits = weights + columnOf(group, run);
    if (isWhole(run)) {
      total += weigh(logits, 0, run.count, scale, now);
      continue;
    }
    const bits = seenBits(p, run, row);
    if (bits) {
      total += weighSeen(logits, firstOf(bits), lastOf(bits), scale, now, bits);
      clearBeside(logits, firstOf(bits), lastOf(bits), run.count);
    } else clear(logits, run.count);
  }
  const shrink = carryOn(maximum, ForwardScratch.sum(p, scratch) + 4 * row, now, total);
  if (later && shrink != 1) {
    const width = paddedWidth(p.width);
    scaleRow(ForwardScratch.output(p, scratch) + row * 4 * (width as usize), width, shrink);
  }
  if (p.dropping) {
    const query = (batch * p.heads + head) * p.queries + first + row;
    dropRow(p, weights, 0, roundUp(group.keys, 4), query * p.keys + group.start);
  }
}

/** The greatest logit of a query on the keys of a group, once the bias is added. */
function greatestOf(
  p: Problem, batch: u32, head: u32, first: u32, row: u32, group: Group, weights: usize, scale: f32,
): f32 {
  let most = LOWEST;
  for (let index: u32 = 0; index < group.runs; index++) {
    const run = runAt(group, index);
    const logits = weights + columnOf(group, run);
    if (isWhole(run)) {
      if (p.biasKind) addBias(p, batch, head, first + row, run.start, run.count, logits);
      most = max(most, greatest(logits, 0, run.count, scale));
      continue;
    }
    const bits = seenBits(p, run, row);
    if (!bits) continue;
    const from = firstOf(bits);
    const to = min(lastOf(bits), run.count);
    if (p.biasKind) addBias(p, batch, head, first + row, run.start + from, to - from, logits + 4 * from);
    most = max(most, greatestSeen(logits, from, lastOf(bits), scale, bits));
  }
  return most;
}
