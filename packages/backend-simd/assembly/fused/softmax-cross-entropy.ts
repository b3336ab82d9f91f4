import { loadPart, storePart } from "../lanes";
import { exp4 } from "../math/exp";
import { log1 } from "../math/log";
import { rowSum } from "../rows/reduce";
import { expRow, logSumExpRow, rowGreatest } from "../rows/softmax";

@inline
function rowLoss(weight: f32, lse: f32, picked: f32, mean: f32, smoothing: f32, zLoss: f32): f32 {
  let loss: f32 = (1 - smoothing) * (lse - picked);
  if (smoothing != 0) loss += smoothing * (lse - mean);
  return weight * (loss + zLoss * lse * lse);
}

/**
 * `losses[r] = w·((1 − s)·(lse − x[t]) + s·(lse − mean(x)) + zLoss·lse²)` and `logSumExp[r] = lse`, of logits
 * `x [R, columns]`, int32 targets `t [R]` and weights `w [R]`. A row of weight 0 gives exactly 0 in both, whatever
 * it holds, its target too. Range: rows.
 *
 * @returns the first row in the range whose target lies outside `[0, columns)` (it is left unwritten), else −1.
 */
export function softmaxCrossEntropy(
  logits: usize, targets: usize, weights: usize, losses: usize, logSumExp: usize,
  columns: u32, labelSmoothing: f32, zLoss: f32, start: u32, end: u32,
): i32 {
  let bad: i32 = -1;
  for (; start < end; start++) {
    const weight = load<f32>(weights + 4 * start);
    let loss: f32 = 0;
    let lse: f32 = 0;
    if (weight != 0) {
      const target = load<u32>(targets + 4 * start);
      if (target >= columns) {
        if (bad < 0) bad = start;
        continue;
      }
      const row = logits + 4 * start * columns;
      lse = logSumExpRow(row, columns);
      const mean: f32 = labelSmoothing == 0 ? 0 : ((rowSum(row, columns) / (columns as f64)) as f32);
      loss = rowLoss(weight, lse, load<f32>(row + 4 * target), mean, labelSmoothing, zLoss);
    }
    store<f32>(losses + 4 * start, loss);
    store<f32>(logSumExp + 4 * start, lse);
  }
  return bad;
}

/**
 * `count` of a row's V logits: by·(1 + 2·zLoss·lse)·softmax − by·smoothing/V, and at the target − by·(1 − smoothing)
 * if it is one of them.
 */
@inline
function gradientRow(
  x: usize, dx: usize, count: u32, vocabulary: u32, lse: f32, by: f32, target: u32, smoothing: f32, zLoss: f32,
): void {
  const shift = f32x4.splat(lse);
  const factor = f32x4.splat(by * (1 + 2 * zLoss * lse));
  const spread = f32x4.splat((by * smoothing) / (vocabulary as f32));
  let j: u32 = 0;
  for (; j + 4 <= count; j += 4) {
    const p = exp4(f32x4.sub(v128.load(x + 4 * j), shift));
    v128.store(dx + 4 * j, f32x4.sub(f32x4.mul(p, factor), spread));
  }
  const rest = count - j;
  if (rest) {
    const p = exp4(f32x4.sub(loadPart(x + 4 * j, rest, shift), shift));
    storePart(dx + 4 * j, rest, f32x4.sub(f32x4.mul(p, factor), spread));
  }
  if (target < count) store<f32>(dx + 4 * target, load<f32>(dx + 4 * target) - by * (1 - smoothing));
}

/**
 * Gradient of `softmaxCrossEntropy` to the logits `[R, columns]` of the ids from `first` on: all `vocabulary` of them or a
 * chunk, perhaps in the logits' own place. Exactly 0 in rows of weight 0; returns as `softmaxCrossEntropy` does. Range: rows.
 */
export function softmaxCrossEntropyGradient(
  dLosses: usize, logits: usize, targets: usize, weights: usize, logSumExp: usize, dLogits: usize,
  first: u32, columns: u32, vocabulary: u32, labelSmoothing: f32, zLoss: f32, start: u32, end: u32,
): i32 {
  let bad: i32 = -1;
  for (; start < end; start++) {
    const row = logits + 4 * start * columns;
    const to = dLogits + 4 * start * columns;
    const weight = load<f32>(weights + 4 * start);
    if (weight == 0) {
      memory.fill(to, 0, 4 * columns);
      continue;
    }
    const target = load<u32>(targets + 4 * start);
    if (target >= vocabulary) {
      if (bad < 0) bad = start;
      continue;
    }
    const by = weight * load<f32>(dLosses + 4 * start);
    const lse = load<f32>(logSumExp + 4 * start);
    // Below `first` the target wraps around to a large number.
    gradientRow(row, to, columns, vocabulary, lse, by, target - first, labelSmoothing, zLoss);
  }
  return bad;
}

/** Bytes of what is known of a row so far: its greatest logit, Σ exp(logit − greatest), the target's logit, Σ logit. */
const STATISTICS: usize = 16;

/**
 * Takes in logits `[R, columns]` of the ids from `first` on: what is known of each row of a weight other than 0, four
 * floats, its greatest logit, `Σ exp(logit − greatest)`, the target's logit and, with label smoothing, `Σ logit`, is set
 * by the chunk of `first` 0 and extended by the others. Range: rows.
 *
 * @param statistics - `[R, 4]` float32, written.
 */
export function crossEntropyChunk(
  logits: usize, targets: usize, weights: usize, statistics: usize,
  first: u32, columns: u32, labelSmoothing: f32, start: u32, end: u32,
): void {
  for (; start < end; start++) {
    if (load<f32>(weights + 4 * start) == 0) continue;
    const row = logits + 4 * start * columns;
    const known = statistics + STATISTICS * start;
    if (first == 0) v128.store(known, f32x4(f32.NEGATIVE_INFINITY, 0, 0, 0));
    const before = load<f32>(known);
    const greatest = max(before, rowGreatest(row, columns));
    // Around 0 where every logit so far is −∞, whose distance to itself is NaN.
    const centre: f32 = greatest == f32.NEGATIVE_INFINITY ? (0 as f32) : greatest;
    const rescaled = load<f32>(known, 4) * f32x4.extract_lane(exp4(f32x4.splat(before - centre)), 0);
    store<f32>(known, greatest);
    store<f32>(known, rescaled + expRow(row, 0, columns, centre), 4);
    // Below `first` it wraps around to a large number.
    const target = load<u32>(targets + 4 * start) - first;
    if (target < columns) store<f32>(known, load<f32>(row + 4 * target), 8);
    if (labelSmoothing != 0) store<f32>(known, load<f32>(known, 12) + (rowSum(row, columns) as f32), 12);
  }
}

/** The outputs of `softmaxCrossEntropy` from what the chunks of a vocabulary left in `statistics`. Range: rows. */
export function crossEntropyOfChunks(
  statistics: usize, weights: usize, losses: usize, logSumExp: usize,
  vocabulary: u32, labelSmoothing: f32, zLoss: f32, start: u32, end: u32,
): void {
  for (; start < end; start++) {
    const weight = load<f32>(weights + 4 * start);
    let loss: f32 = 0;
    let lse: f32 = 0;
    if (weight != 0) {
      const known = statistics + STATISTICS * start;
      lse = load<f32>(known) + log1(load<f32>(known, 4));
      const mean = load<f32>(known, 12) / (vocabulary as f32);
      loss = rowLoss(weight, lse, load<f32>(known, 8), mean, labelSmoothing, zLoss);
    }
    store<f32>(losses + 4 * start, loss);
    store<f32>(logSumExp + 4 * start, lse);
  }
}
