import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { Recorder } from "../../device/recorder.ts";
import { type AttributesOf, defineFamily, type InputsOf, sizeOf } from "../fused-family.ts";
import { denseBiasGradient, distanceBiasGradient } from "./bias-gradients.ts";
import { ROWS } from "./common.ts";
import { attentionForward } from "./forward.ts";
import { keyValueGradient } from "./key-value-gradient.ts";
import { type AttentionProblem, attentionProblem } from "./problem.ts";
import { queryGradient } from "./query-gradient.ts";
import { attentionStatistics } from "./statistics.ts";

/** Workgroups with a block of queries each. */
const blockGroups = ({ batches, numbers }: AttentionProblem): number => batches * numbers.heads * numbers.blocks;

type BackwardBuffers = Record<"query" | "key" | "value" | "words" | "statistics" | "d_output" | "bias", TensorInfo>;

function statisticsOf(
  recorder: Recorder,
  problem: AttentionProblem,
  { output, dOutput, logSumExp, bias }: InputsOf<"attentionGradient">,
): TensorInfo {
  const { numbers, words, width, batches } = problem;
  const statistics = recorder.allocate([batches, numbers.heads, numbers.queries, 2]);
  const buffers = { output, d_output: dOutput, log_sum_exps: logSumExp, words, bias, statistics };
  recorder.run(attentionStatistics(width), { buffers, numbers, groups: blockGroups(problem) });
  return statistics;
}

/** Both gradients are written by one program, which has one buffer to spare. */
function keyValueGradients(
  recorder: Recorder,
  { numbers, width, batches }: AttentionProblem,
  buffers: BackwardBuffers,
): [TensorInfo, TensorInfo] {
  const { shape } = buffers.key;
  const elements = sizeOf(shape);
  const both = recorder.allocate([2, ...shape]);
  recorder.run(keyValueGradient(width), {
    buffers: { ...buffers, d_key_value: both },
    numbers: { ...numbers, elements },
    groups: batches * numbers.kv_heads * Math.ceil(numbers.keys / ROWS),
  });
  const [dKey, dValue] = [recorder.allocate(shape), recorder.allocate(shape)];
  recorder.copy({ from: both, to: dKey, count: elements });
  recorder.copy({ from: both, fromElement: elements, to: dValue, count: elements });
  recorder.release(both);
  return [dKey, dValue];
}

/** Of every row and head if dense; of every row, block of queries and head if by distance. */
function biasGradient(
  recorder: Recorder,
  problem: AttentionProblem,
  buffers: BackwardBuffers,
  kind: Exclude<AttributesOf<"attention">["bias"], "none">,
): TensorInfo {
  const { numbers, width, batches } = problem;
  const { heads, queries, keys, blocks, distances } = numbers;
  const isDense = kind === "dense";
  const d_bias = recorder.allocate(isDense ? [batches, heads, queries, keys] : [batches, blocks, heads, distances]);
  const program = isDense ? denseBiasGradient(width) : distanceBiasGradient(width);
  recorder.run(program, { buffers: { ...buffers, d_bias }, numbers, groups: blockGroups(problem) });
  return d_bias;
}

/** Attention by the plan of a mask, forward and backward. */
export const attentionKernels = defineFamily("attention", {
  attention(recorder, inputs, attributes) {
    const problem = attentionProblem(recorder, inputs, attributes);
    const { numbers, words, width, batches } = problem;
    const { query, key, value, bias } = inputs;
    const output = recorder.allocate(query.shape);
    const logSumExp = recorder.allocate([batches, numbers.heads, numbers.queries]);
    const buffers = { query, key, value, words, bias, output, log_sum_exps: logSumExp };
    recorder.run(attentionForward(width), { buffers, numbers, groups: blockGroups(problem) });
    problem.release();
    return [output, logSumExp];
  },
  attentionGradient(recorder, inputs, attributes) {
    const problem = attentionProblem(recorder, inputs, attributes);
    const { query, key, value, bias, dOutput } = inputs;
    const statistics = statisticsOf(recorder, problem, inputs);
    const buffers = { query, key, value, words: problem.words, statistics, d_output: dOutput, bias };
    const dQuery = recorder.allocate(query.shape);
    const { width, numbers } = problem;
    recorder.run(queryGradient(width), {
      buffers: { ...buffers, d_query: dQuery },
      numbers,
      groups: blockGroups(problem),
    });
    const [dKey, dValue] = keyValueGradients(recorder, problem, buffers);
    const { bias: kind } = attributes;
    const dBias =
      kind !== "none" && attributes.biasGradient ? biasGradient(recorder, problem, buffers, kind) : undefined;
    recorder.release(statistics);
    problem.release();
    return dBias ? [dQuery, dKey, dValue, dBias] : [dQuery, dKey, dValue];
  },
});
