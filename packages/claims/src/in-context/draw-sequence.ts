import type { Random } from "@trivium/core";
import type { InContextTask } from "./in-context-task.ts";

/** The sizes of a sequence, and where its inputs lie. */
export interface SequenceOptions {
  readonly task: InContextTask;
  /** d, the width of an input. */
  readonly width: number;
  /** n: rows of which the target is shown. */
  readonly examples: number;
  /** Rows of which it is asked for. */
  readonly queries: number;
  /** μ, the mean of every coordinate of an input. Default 0. */
  readonly mean?: number | undefined;
}

/** Examples of one rule, and behind them queries of the same rule. */
export interface InContextSequence extends Omit<SequenceOptions, "task" | "mean"> {
  /** Numbers of a target. */
  readonly outputs: number;
  /** `[n + queries, d]`, row-major. */
  readonly inputs: Float64Array;
  /** `[n + queries, outputs]`. */
  readonly targets: Float64Array;
}

/**
 * One sequence: a rule, and inputs uniform in `(μ − 1, μ + 1)ᵈ`. All numbers are float32 numbers, so that engines of
 * either precision are given the same.
 *
 * @source Ding et al. 2024, §5.1, https://arxiv.org/abs/2308.06912
 * @example drawSequence({ task: linearRegression, width: 16, examples: 40, queries: 200 }, createRandom(0)).inputs.length // => 3840
 */
export function drawSequence(options: SequenceOptions, random: Random): InContextSequence {
  const { task, width, examples, queries, mean = 0 } = options;
  const rule = task.drawRule(random.split("rule"), width);
  const uniform = random.split("inputs");
  const rows = examples + queries;
  const inputs = Float64Array.from({ length: rows * width }, () => Math.fround(mean + 2 * uniform.uniform() - 1));
  const targets = new Float64Array(rows * task.outputs);
  for (let row = 0; row < rows; row++) {
    targets.set(rule(inputs.subarray(row * width, (row + 1) * width)).map(Math.fround), row * task.outputs);
  }
  return { width, examples, queries, outputs: task.outputs, inputs, targets };
}

/** Sequences 0, 1, …, each from a stream of its own: sequence 7 is the same however many there are. */
export const drawSequences = (options: SequenceOptions, count: number, random: Random): InContextSequence[] =>
  Array.from({ length: count }, (_, index) => drawSequence(options, random.split(index)));
