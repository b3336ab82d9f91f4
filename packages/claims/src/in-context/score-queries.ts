import { createPacer } from "@trivium/core";
import { logitsOf, type VectorModel } from "@trivium/model";
import { type ParameterTree, tf } from "@trivium/tensor";
import type { InContextSequence } from "./draw-sequence.ts";
import { atQueries, type VectorBatch, vectorBatch, vectorInput } from "./vector-batch.ts";

/** The errors of a model, sequence by sequence. */
export interface QueryScores {
  /** The squared error, mean over a sequence's queries. */
  readonly errors: readonly number[];
  /** The fraction of a sequence's queries whose largest output is a wrong one. Absent for a single output. */
  readonly misclassified?: readonly number[] | undefined;
}

/** Sequences run together. */
const TOGETHER = 256;

/** Runs a model on sequences; float64 takes the means. */
export async function scoreQueries(
  model: VectorModel,
  parameters: ParameterTree,
  sequences: readonly InContextSequence[],
): Promise<QueryScores> {
  const pause = createPacer();
  const errors: number[] = [];
  const misclassified: number[] = [];
  for (let start = 0; start < sequences.length; start += TOGETHER) {
    const batch = vectorBatch(sequences.slice(start, start + TOGETHER), model.architecture.streams);
    const predicted = tf.tidy(() =>
      atQueries(logitsOf(model, parameters, vectorInput(batch)), batch)
        .dataSync()
        .slice(),
    ) as unknown as Float32Array;
    for (const row of batch.sequences.keys()) {
      const [error, wrong] = scoreOf(predicted, batch, row);
      errors.push(error);
      misclassified.push(wrong);
    }
    await pause();
  }
  const outputs = sequences[0]?.outputs ?? 1;
  return { errors, misclassified: outputs > 1 ? misclassified : undefined };
}

function scoreOf(predicted: Float32Array, { answers, sequences }: VectorBatch, row: number): [number, number] {
  const { queries, outputs } = sequences[row] as InContextSequence;
  let [squares, wrong] = [0, 0];
  for (let query = 0; query < queries; query++) {
    const at = (row * queries + query) * outputs;
    const outputsOf = (all: Float32Array) => all.subarray(at, at + outputs);
    const [said, right] = [outputsOf(predicted), outputsOf(answers)];
    for (let output = 0; output < outputs; output++) squares += (said[output]! - right[output]!) ** 2;
    if (largest(said) !== largest(right)) wrong++;
  }
  return [squares / queries, wrong / queries];
}

const largest = (values: Float32Array): number => values.indexOf(Math.max(...values));
