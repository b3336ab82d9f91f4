import type { TensorInfo } from "@tensorflow/tfjs-core";
import { defineProgram } from "../device/compute-program.ts";
import type { Recorder } from "../device/recorder.ts";
import { columnSums } from "./column-sums.ts";
import { type AttributesOf, defineFamily, type InputsOf } from "./fused-family.ts";
import { groupsOf, LANES, LOWEST, overLanes } from "./lanes.ts";
import { product, productGroups, productNumbers } from "./product.ts";
import { crossEntropyGradient, rowLogits, rowLoss } from "./softmax-cross-entropy.ts";

/** Logits that exist at once, unless the rows are so many that fewer columns than `LEAST_CHUNK` would be left of them. */
const CHUNK_ELEMENTS = 2 ** 22;
const LEAST_CHUNK = 256;

/**
 * Takes in the logits of a chunk of the vocabulary, a row by a workgroup: four numbers a row, the greatest logit so far,
 * `Σ exp(logit − greatest)`, the target's logit, and the sum of the logits. The last chunk turns them into loss and
 * log-sum-exp.
 *
 * @source Milakov and Gimelshein 2018, https://arxiv.org/abs/1805.02867
 */
const chunkLosses = defineProgram({
  name: "cross-entropy of a chunk",
  buffers: {
    logits: "read f32", // [R, columns]
    targets: "read i32", // [R]
    weights: "read f32", // [R]
    known: "write f32", // [R, 4]
    losses: "write f32", // [R]
    log_sum_exps: "write f32", // [R]
  },
  numbers: { first: "u32", columns: "u32", vocabulary: "u32", smoothing: "f32", z_loss: "f32" },
  lanes: LANES,
  code: /* wgsl */ `${overLanes}${rowLoss}${rowLogits}
fn finish(row: u32, known_of_row: vec4f) {
  var loss = 0.0;
  var lse = 0.0;
  if (weights[row] != 0.0) {
    lse = known_of_row.x + log(known_of_row.y);
    loss = weights[row] * row_loss(lse, known_of_row.z, known_of_row.w / f32(numbers.vocabulary));
  }
  losses[row] = loss;
  log_sum_exps[row] = lse;
}

fn work(row: u32, lane: u32) {
  let start = row * numbers.columns;
  let here = row_logits(start, lane);
  if (lane != 0u) {
    return;
  }
  var before = vec4f(${LOWEST}, 0.0, 0.0, 0.0);
  if (numbers.first > 0u) {
    before = vec4f(known[4u * row], known[4u * row + 1u], known[4u * row + 2u], known[4u * row + 3u]);
  }
  let greatest = max(before.x, here.greatest);
  let sum = before.y * exp(before.x - greatest) + here.exponentials * exp(here.greatest - greatest);
  // Below first it wraps around to a large number.
  let id = u32(targets[row]) - numbers.first;
  var picked = before.z;
  if (id < numbers.columns) {
    picked = logits[start + id];
  }
  let after = vec4f(greatest, sum, picked, before.w + here.total);
  for (var i = 0u; i < 4u; i++) {
    known[4u * row + i] = after[i];
  }
  if (numbers.first + numbers.columns == numbers.vocabulary) {
    finish(row, after);
  }
}
`,
});

interface Chunk {
  readonly first: number;
  readonly columns: number;
  /** `[R, columns]`. */
  readonly logits: TensorInfo;
}

type Problem = Pick<InputsOf<"linearCrossEntropy">, "states" | "head" | "bias"> &
  Pick<AttributesOf<"linearCrossEntropy">, "transposeHead">;

const vocabularyOf = ({ head, transposeHead }: Problem): number => head.shape[transposeHead ? 0 : 1] as number;

/** The place of a chunk in the head: its first element, and the step from one row to the next. */
const headPlace = (problem: Problem, first: number) => {
  const width = problem.states.shape[1] as number;
  return problem.transposeHead ? { start: first * width, step: width } : { start: first, step: vocabularyOf(problem) };
};

/** Calls with the logits of each chunk, which share their memory. */
function eachChunk(recorder: Recorder, problem: Problem, take: (chunk: Chunk) => void): void {
  const [rows, width] = problem.states.shape as [number, number];
  const vocabulary = vocabularyOf(problem);
  const most = Math.min(vocabulary, Math.max(LEAST_CHUNK, Math.floor(CHUNK_ELEMENTS / Math.max(1, rows))));
  const logits = recorder.allocate([rows, most]);
  for (let first = 0; first < vocabulary; first += most) {
    const columns = Math.min(most, vocabulary - first);
    const sizes = { m: rows, n: columns, k: width };
    const { start: b_start, step: ldb } = headPlace(problem, first);
    const transposed = productNumbers(sizes, { transposeB: problem.transposeHead });
    const bias = { has_bias: problem.bias.shape[0] === 0 ? 0 : 1, bias_start: first };
    const buffers = { a: problem.states, b: problem.head, bias: problem.bias, c: logits, slope: undefined };
    const numbers = { ...transposed, ...bias, b_start, ldb };
    recorder.run(product, { buffers, numbers, groups: productGroups(sizes) });
    take({ first, columns, logits });
  }
  recorder.release(logits);
}

/** `dStates (+)= dLogits · headᵀ` of a chunk. */
function addToStates(recorder: Recorder, problem: Problem, chunk: Chunk, dStates: TensorInfo): void {
  const [m, n] = dStates.shape as [number, number];
  const { start: b_start, step: ldb } = headPlace(problem, chunk.first);
  const transposed = productNumbers({ m, n, k: chunk.columns }, { transposeB: !problem.transposeHead });
  const numbers = { ...transposed, b_start, ldb, accumulate: chunk.first > 0 ? 1 : 0 };
  const buffers = { a: chunk.logits, b: problem.head, bias: undefined, c: dStates, slope: undefined };
  recorder.run(product, { buffers, numbers, groups: productGroups({ m, n }) });
}

/** The chunk's rows of `dLogitsᵀ · states`, or its columns of `statesᵀ · dLogits`. */
function writeHead(recorder: Recorder, problem: Problem, chunk: Chunk, dHead: TensorInfo): void {
  const { states, transposeHead } = problem;
  const [k, width] = states.shape as [number, number];
  const [m, n] = transposeHead ? [chunk.columns, width] : [width, chunk.columns];
  const [a, b] = transposeHead ? [chunk.logits, states] : [states, chunk.logits];
  const { start: c_start, step: ldc } = headPlace(problem, chunk.first);
  const numbers = { ...productNumbers({ m, n, k }, { transposeA: true }), c_start, ldc };
  const buffers = { a, b, bias: undefined, c: dHead, slope: undefined };
  recorder.run(product, { buffers, numbers, groups: productGroups({ m, n }) });
}

/** Writes the chunk's part of the bias's gradient. */
function writeBias(recorder: Recorder, { first, columns, logits }: Chunk, dBias: TensorInfo): void {
  const rows = logits.shape[0] as number;
  const sums = recorder.allocate([columns]);
  const buffers = { x: logits, slope: undefined, dx: undefined, sums };
  const numbers = { rows, columns, height: rows, elements: columns, has_slope: 0 };
  recorder.run(columnSums, { buffers, numbers, groups: groupsOf(columns) });
  recorder.copy({ from: sums, to: dBias, toElement: first, count: columns });
  recorder.release(sums);
}

/** Cross-entropy of logits that never exist at once: each chunk of the vocabulary is multiplied out, forward and backward. */
export const linearCrossEntropyKernels = defineFamily("linear-cross-entropy", {
  linearCrossEntropy(recorder, { targets, weights, ...factors }, { labelSmoothing, zLoss, transposeHead }) {
    const problem = { ...factors, transposeHead };
    const rows = problem.states.shape[0] as number;
    const losses = recorder.allocate([rows]);
    const logSumExp = recorder.allocate([rows]);
    const known = recorder.allocate([rows, 4]);
    eachChunk(recorder, problem, ({ first, columns, logits }) => {
      const buffers = { logits, targets, weights, known, losses, log_sum_exps: logSumExp };
      const sizes = { first, columns, vocabulary: vocabularyOf(problem) };
      const numbers = { ...sizes, smoothing: labelSmoothing, z_loss: zLoss };
      recorder.run(chunkLosses, { buffers, numbers, groups: rows });
    });
    recorder.release(known);
    return [losses, logSumExp];
  },
  linearCrossEntropyGradient(recorder, { dLosses, logSumExp, targets, weights, ...factors }, attributes) {
    const { labelSmoothing, zLoss, transposeHead } = attributes;
    const problem = { ...factors, transposeHead };
    const rows = problem.states.shape[0] as number;
    const [dStates, dHead] = [recorder.allocate(problem.states.shape), recorder.allocate(problem.head.shape)];
    const dBias = recorder.allocate(problem.bias.shape);
    const shared = { d_losses: dLosses, targets, weights, log_sum_exps: logSumExp };
    eachChunk(recorder, problem, (chunk) => {
      const { first, columns, logits } = chunk;
      const dLogits = recorder.allocate([rows, columns]);
      const sizes = { first, columns, vocabulary: vocabularyOf(problem) };
      const numbers = { ...sizes, smoothing: labelSmoothing, z_loss: zLoss };
      recorder.run(crossEntropyGradient, { buffers: { ...shared, logits, d_logits: dLogits }, numbers, groups: rows });
      const differentiated = { ...chunk, logits: dLogits };
      addToStates(recorder, problem, differentiated, dStates);
      writeHead(recorder, problem, differentiated, dHead);
      if (problem.bias.shape[0] !== 0) writeBias(recorder, differentiated, dBias);
      recorder.release(dLogits);
    });
    return [dStates, dHead, dBias];
  },
});
