import { loadPart, storePart } from "../lanes";
import { exp4 } from "../math/exp";
import { rowSum } from "../rows/reduce";
import { logSumExpRow } from "../rows/softmax";

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
      loss = (1 - labelSmoothing) * (lse - load<f32>(row + 4 * target));
      if (labelSmoothing != 0) loss += labelSmoothing * (lse - ((rowSum(row, columns) / (columns as f64)) as f32));
      loss = weight * (loss + zLoss * lse * lse);
    }
    store<f32>(losses + 4 * start, loss);
    store<f32>(logSumExp + 4 * start, lse);
  }
  return bad;
}

/** One row: by·(1 + 2·zLoss·lse)·softmax − by·smoothing/V, and at the target − by·(1 − smoothing). */
@inline
function gradientRow(x: usize, dx: usize, count: u32, lse: f32, by: f32, target: u32, smoothing: f32, zLoss: f32): void {
  const shift = f32x4.splat(lse);
  const factor = f32x4.splat(by * (1 + 2 * zLoss * lse));
  const spread = f32x4.splat((by * smoothing) / (count as f32));
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
  store<f32>(dx + 4 * target, load<f32>(dx + 4 * target) - by * (1 - smoothing));
}

export function softmaxCrossEntropyGradient(
  dLosses: usize, logits: usize, targets: usize, weights: usize, logSumExp: usize, dLogits: usize,
  columns: u32, labelSmoothing: f32, zLoss: f32, start: u32, end: u32,
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
    if (target >= columns) {
      if (bad < 0) bad = start;
      continue;
    }
    const by = weight * load<f32>(dLosses + 4 * start);
    gradientRow(row, to, columns, load<f32>(logSumExp + 4 * start), by, target, labelSmoothing, zLoss);
  }
  return bad;
}
