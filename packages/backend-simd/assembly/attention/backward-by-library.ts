/** Attention backward where a library multiplies tiles. */
import { biasGradientOf } from "./bias-gradient";
import { columnOf, firstOf, Group, GROUP_KEYS, GROUP_STEP, isWhole, lastOf, readGroup, runAt, seenBits } from "./group";
import { addBias, addBiasGradient } from "./logits";
import { libraryProduct } from "./library-product";
import { Problem } from "./problem";
import { clear, clearBeside, differentiateRow, scaleRow } from "./rows";
import { BackwardScratch } from "./scratch";
import { Visits } from "./visit";

/**
 * The visits of a query block: the gradient of its queries, and what it adds to those of keys and values.
 *
 * @param adds - to the gradients of keys and values.
 */
export function differentiateByLibrary(
  p: Problem, scratch: usize, batch: u32, head: u32, part: u32, first: u32, rows: u32, visits: Visits, adds: bool,
): void {
  const from = batch * p.queryBatch + head * p.queryHead + first * p.queryRow;
  const query = p.query + from;
  const dOutput = p.dOutput + from;
  const keyHead = batch * p.keyBatch + (head / (p.heads / p.groups)) * p.keyHead;
  const ldq = (p.queryRow / 4) as u32;
  const ldk = (p.keyRow / 4) as u32;
  const weights = BackwardScratch.weights(scratch);
  const gradients = BackwardScratch.gradients(p, scratch);
  for (let index: u32 = 0; index < visits.count; ) {
    const group = readGroup(p, visits, index, BackwardScratch.group(p, scratch));
    const at = keyHead + group.start * p.keyRow;
    const keys = group.keys;
    libraryProduct(false, true, rows, keys, p.width, query, ldq, p.key + at, ldk, weights, GROUP_KEYS, false);
    libraryProduct(false, true, rows, keys, p.width, dOutput, ldq, p.value + at, ldk, gradients, GROUP_KEYS, false);
    for (let row: u32 = 0; row < rows; row++) differentiateQuery(p, scratch, batch, head, part, first, row, group);
    libraryProduct(false, false, rows, p.width, keys, gradients, GROUP_KEYS, p.key + at, ldk, p.dQuery + from, ldq, index > 0);
    const target = part * p.partStep + at;
    libraryProduct(true, false, keys, p.width, rows, weights, GROUP_KEYS, dOutput, ldq, p.dValue + target, ldk, adds);
    libraryProduct(true, false, keys, p.width, rows, gradients, GROUP_KEYS, query, ldq, p.dKey + target, ldk, adds);
    index += group.visits;
  }
}

/** A query's row of both tiles of a group, from products to gradients. */
function differentiateQuery(
  p: Problem, scratch: usize, batch: u32, head: u32, part: u32, first: u32, row: u32, group: Group,
): void {
  for (let index: u32 = 0; index < group.runs; index++) {
    const run = runAt(group, index);
    const place = row * GROUP_STEP + columnOf(group, run);
    const weights = BackwardScratch.weights(scratch) + place;
    const gradients = BackwardScratch.gradients(p, scratch) + place;
    if (isWhole(run)) {
      differentiateRun(p, scratch, batch, head, part, first, row, 0, run.count, false, 0, run.start, run.count, weights, gradients);
      continue;
    }
    const bits = seenBits(p, run, row);
    if (!bits) {
      clear(weights, run.count);
      clear(gradients, run.count);
      continue;
    }
    const from = firstOf(bits);
    const to = lastOf(bits);
    differentiateRun(p, scratch, batch, head, part, first, row, from, to, true, bits, run.start, run.count, weights, gradients);
    clearBeside(weights, from, to, run.count);
    clearBeside(gradients, from, to, run.count);
  }
}

/** Keys `from` to `to` (in whole vectors) of the `count` that begin at `key`. */
function differentiateRun(
  p: Problem, scratch: usize, batch: u32, head: u32, part: u32, first: u32, row: u32, from: u32, to: u32,
  masked: bool, bits: u64, key: u32, count: u32, weights: usize, gradients: usize,
): void {
  const query = (batch * p.heads + head) * p.queries + first + row;
  const keys = min(to, count) - from;
  if (p.biasKind) addBias(p, batch, head, first + row, key + from, keys, weights + 4 * from);
  differentiateRow(
    p, weights, gradients, from, to, masked, bits, p.biasKind ? 1 : p.scale, load<f32>(p.logSumExp + 4 * (query as usize)),
    load<f32>(BackwardScratch.correction(p, scratch) + 4 * row), p.dBias ? 1 : p.scale, query * p.keys + key,
  );
  if (!p.dBias) return;
  addBiasGradient(p, biasGradientOf(p, batch, head, part), batch, first + row, key + from, keys, gradients + 4 * from);
  scaleRow(gradients + 4 * from, to - from, p.scale);
}
