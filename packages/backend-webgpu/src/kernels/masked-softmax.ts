import { defineProgram } from "../device/compute-program.ts";
import { defineFamily, rowsOf } from "./fused-family.ts";
import { LANES, LOWEST, overLanes } from "./lanes.ts";

/** Softmax of `scores · scale` over the visible keys of a row, by a workgroup; 0 where hidden. */
const forward = defineProgram({
  name: "masked softmax",
  buffers: {
    scores: "read f32", // [B, H, Q, K]
    visible: "read i32", // [B or 1, H or 1, Q, K]
    probabilities: "write f32", // [B, H, Q, K]
  },
  numbers: { heads: "u32", queries: "u32", keys: "u32", batch_step: "u32", head_step: "u32", scale: "f32" },
  lanes: LANES,
  code: /* wgsl */ `${overLanes}
fn work(row: u32, lane: u32) {
  let start = row * numbers.keys;
  let query = row % numbers.queries;
  let head = row / numbers.queries % numbers.heads;
  let batch = row / numbers.queries / numbers.heads;
  let shown = batch * numbers.batch_step + head * numbers.head_step + query * numbers.keys;
  var most = ${LOWEST};
  for (var k = lane; k < numbers.keys; k += ${LANES}u) {
    if (visible[shown + k] != 0) {
      most = max(most, scores[start + k] * numbers.scale);
    }
  }
  let greatest = greatest_of_lanes(most, lane);
  var sum = 0.0;
  for (var k = lane; k < numbers.keys; k += ${LANES}u) {
    if (visible[shown + k] != 0) {
      sum += exp(scores[start + k] * numbers.scale - greatest);
    }
  }
  let total = sum_of_lanes(sum, lane);
  for (var k = lane; k < numbers.keys; k += ${LANES}u) {
    var probability = 0.0;
    // A row of −∞ has a sum of 0, as one that sees nothing has.
    if (visible[shown + k] != 0 && total > 0.0) {
      probability = exp(scores[start + k] * numbers.scale - greatest) / total;
    }
    probabilities[start + k] = probability;
  }
}
`,
});

/** `(dy − Σ dy · p) · p · scale` of a row by a workgroup. */
const gradient = defineProgram({
  name: "masked softmax gradient",
  buffers: {
    dy: "read f32", // [B, H, Q, K]
    probabilities: "read f32", // [B, H, Q, K]
    d_scores: "write f32", // [B, H, Q, K]
  },
  numbers: { keys: "u32", scale: "f32" },
  lanes: LANES,
  code: /* wgsl */ `${overLanes}
fn work(row: u32, lane: u32) {
  let start = row * numbers.keys;
  var sum = 0.0;
  for (var k = lane; k < numbers.keys; k += ${LANES}u) {
    sum += dy[start + k] * probabilities[start + k];
  }
  let total = sum_of_lanes(sum, lane);
  for (var k = lane; k < numbers.keys; k += ${LANES}u) {
    d_scores[start + k] = (dy[start + k] - total) * probabilities[start + k] * numbers.scale;
  }
}
`,
});

/** The softmax of attention whose scores are there. */
export const maskedSoftmaxKernels = defineFamily("masked-softmax", {
  maskedSoftmax(recorder, { scores, visible }, { scale }) {
    const [, heads, queries, keys] = scores.shape as [number, number, number, number];
    const [batchesOfMask, headsOfMask] = visible.shape as [number, number];
    const probabilities = recorder.allocate(scores.shape);
    const head_step = headsOfMask === 1 ? 0 : queries * keys;
    const batch_step = batchesOfMask === 1 ? 0 : headsOfMask * queries * keys;
    const numbers = { heads, queries, keys, batch_step, head_step, scale };
    const groups = keys === 0 ? 0 : rowsOf(scores).rows;
    recorder.run(forward, { buffers: { scores, visible, probabilities }, numbers, groups });
    return [probabilities];
  },
  maskedSoftmaxGradient(recorder, { dy, probabilities }, { scale }) {
    const { rows, columns: keys } = rowsOf(probabilities);
    const dScores = recorder.allocate(probabilities.shape);
    const buffers = { dy, probabilities, d_scores: dScores };
    recorder.run(gradient, { buffers, numbers: { keys, scale }, groups: keys === 0 ? 0 : rows });
    return [dScores];
  },
});
