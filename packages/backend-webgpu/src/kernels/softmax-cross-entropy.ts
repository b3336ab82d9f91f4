import { defineProgram } from "../device/compute-program.ts";
import { defineFamily } from "./fused-family.ts";
import { LANES, LOWEST, overLanes } from "./lanes.ts";

/** WGSL: the loss of a row from its log-sum-exp `lse`, its target's logit `picked` and its mean logit. */
export const rowLoss = /* wgsl */ `
fn row_loss(lse: f32, picked: f32, mean: f32) -> f32 {
  let likelihood = (1.0 - numbers.smoothing) * (lse - picked);
  return likelihood + numbers.smoothing * (lse - mean) + numbers.z_loss * lse * lse;
}
`;

/** WGSL: the greatest logit of a row, `Σ exp(logit − greatest)`, and the sum of its logits, for all lanes. */
export const rowLogits = /* wgsl */ `
struct RowLogits {
  greatest: f32,
  exponentials: f32,
  total: f32,
}

fn row_logits(start: u32, lane: u32) -> RowLogits {
  var most = ${LOWEST};
  var total = 0.0;
  for (var v = lane; v < numbers.columns; v += ${LANES}u) {
    most = max(most, logits[start + v]);
    total += logits[start + v];
  }
  let greatest = greatest_of_lanes(most, lane);
  var exponentials = 0.0;
  for (var v = lane; v < numbers.columns; v += ${LANES}u) {
    exponentials += exp(logits[start + v] - greatest);
  }
  return RowLogits(greatest, sum_of_lanes(exponentials, lane), sum_of_lanes(total, lane));
}
`;

/**
 * Cross-entropy of the softmax of a row by a workgroup, and its log-sum-exp. A row of weight 0 has 0 for both, whatever it
 * holds. A target outside the vocabulary has the logit 0.
 */
const forward = defineProgram({
  name: "softmax cross-entropy",
  buffers: {
    logits: "read f32", // [R, V]
    targets: "read i32", // [R]
    weights: "read f32", // [R]
    losses: "write f32", // [R]
    log_sum_exps: "write f32", // [R]
  },
  numbers: { columns: "u32", smoothing: "f32", z_loss: "f32" },
  lanes: LANES,
  code: /* wgsl */ `${overLanes}${rowLoss}${rowLogits}
fn work(row: u32, lane: u32) {
  let weight = weights[row];
  if (weight == 0.0) {
    if (lane == 0u) {
      losses[row] = 0.0;
      log_sum_exps[row] = 0.0;
    }
    return;
  }
  let start = row * numbers.columns;
  let of_row = row_logits(start, lane);
  let lse = of_row.greatest + log(of_row.exponentials);
  var mean = 0.0;
  if (numbers.smoothing != 0.0) {
    mean = of_row.total / f32(numbers.columns);
  }
  if (lane == 0u) {
    let id = u32(targets[row]);
    var picked = 0.0;
    if (id < numbers.columns) {
      picked = logits[start + id];
    }
    losses[row] = weight * row_loss(lse, picked, mean);
    log_sum_exps[row] = lse;
  }
}
`,
});

/**
 * Gradient of the cross-entropy to the logits of the ids from `first` on, a row by a workgroup, perhaps in the logits' own
 * place: with `by = weight · dLoss`, `by · ((1 + 2 z lse) · softmax − s/V)`, less `by · (1 − s)` at the target.
 */
export const crossEntropyGradient = defineProgram({
  name: "softmax cross-entropy gradient",
  buffers: {
    d_losses: "read f32", // [R]
    targets: "read i32", // [R]
    weights: "read f32", // [R]
    log_sum_exps: "read f32", // [R]
    logits: "read f32", // [R, columns]
    d_logits: "write f32", // [R, columns]
  },
  numbers: { first: "u32", columns: "u32", vocabulary: "u32", smoothing: "f32", z_loss: "f32" },
  lanes: LANES,
  code: /* wgsl */ `
fn work(row: u32, lane: u32) {
  let weight = weights[row];
  let by = weight * d_losses[row];
  let lse = log_sum_exps[row];
  let factor = by * (1.0 + 2.0 * numbers.z_loss * lse);
  let spread = by * numbers.smoothing / f32(numbers.vocabulary);
  // Below first it wraps around to a large number.
  let id = u32(targets[row]) - numbers.first;
  for (var v = lane; v < numbers.columns; v += ${LANES}u) {
    let at = row * numbers.columns + v;
    var gradient = 0.0;
    if (weight != 0.0) {
      gradient = factor * exp(logits[at] - lse) - spread;
      if (v == id) {
        gradient -= by * (1.0 - numbers.smoothing);
      }
    }
    d_logits[at] = gradient;
  }
}
`,
});

/** Cross-entropy of logits that are there. */
export const crossEntropyKernels = defineFamily("softmax-cross-entropy", {
  softmaxCrossEntropy(recorder, { logits, targets, weights }, { labelSmoothing, zLoss }) {
    const [rows, columns] = logits.shape as [number, number];
    const losses = recorder.allocate([rows]);
    const logSumExp = recorder.allocate([rows]);
    const buffers = { logits, targets, weights, losses, log_sum_exps: logSumExp };
    recorder.run(forward, { buffers, numbers: { columns, smoothing: labelSmoothing, z_loss: zLoss }, groups: rows });
    return [losses, logSumExp];
  },
  softmaxCrossEntropyGradient(recorder, inputs, { labelSmoothing, zLoss }) {
    const { dLosses, logits, targets, weights, logSumExp } = inputs;
    const [rows, columns] = logits.shape as [number, number];
    const dLogits = recorder.allocate(logits.shape);
    const buffers = { d_losses: dLosses, targets, weights, log_sum_exps: logSumExp, logits, d_logits: dLogits };
    const numbers = { first: 0, columns, vocabulary: columns, smoothing: labelSmoothing, z_loss: zLoss };
    recorder.run(crossEntropyGradient, { buffers, numbers, groups: rows });
    return [dLogits];
  },
});
