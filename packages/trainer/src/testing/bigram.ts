import { hashWords } from "@trivium/core";
import { type Batch, type Features, type Loss, toBatch } from "@trivium/features";
import { causal } from "@trivium/masks";
import { modelConfigSchema } from "@trivium/model";
import {
  dropout,
  embedding,
  type FactoredLogits,
  factoredCrossEntropy,
  type LinearMap,
  type Tensor2D,
  tf,
} from "@trivium/tensor";
import "@tensorflow/tfjs-backend-cpu";
import { adamW } from "../adam-w.ts";
import type { BatchSource } from "../batch-source.ts";
import { constant } from "../constant.ts";
import type { TrainOptions } from "../train-options.ts";

export const VOCABULARY = 7;
const WIDTH = 5;

/** The smallest model with dropout, a matrix, a bias and a parameter that no loss reaches (if asked for). */
export const bigramModel = ({ dropoutRate = 0, unreached = false } = {}): TrainOptions["model"] => ({
  architecture: { name: "bigram", streams: ["tokens"], selfMask: () => causal() },
  config: modelConfigSchema.parse({ vocabulary: VOCABULARY, width: WIDTH, dropout: dropoutRate }),
  createParameters(random) {
    const normal = (...shape: number[]) =>
      tf.tensor(
        Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => random.normal()),
        shape,
      );
    return {
      embedding: normal(VOCABULARY, WIDTH),
      head: { weight: normal(WIDTH, VOCABULARY), bias: normal(VOCABULARY) },
      ...(unreached && { idle: normal(3) }),
    };
  },
  states({ embedding: table }, input, { dropoutSeed = "" } = {}) {
    const states = embedding(table as Tensor2D, tf.tensor1d(input.streams.tokens!.ids, "int32")) as Tensor2D;
    return dropout(states, { rate: dropoutRate, seed: hashWords(dropoutSeed)[0] });
  },
  readOut: ({ head }) => ({ ...(head as unknown as LinearMap), transpose: false }),
});

export const crossEntropy: TrainOptions["objective"] = { name: "cross-entropy", loss: crossEntropyLoss };

function crossEntropyLoss(logits: FactoredLogits, { targets, lossWeights, supervisedTokens }: Batch): Loss {
  const losses = factoredCrossEntropy(logits, tf.tensor1d(targets, "int32"), tf.tensor1d(lossWeights));
  return { sum: tf.sum(losses), tokens: supervisedTokens };
}

/** A row of ids whose every token is predicted by the one before it, but the first `masked`. */
export const row = (ids: readonly number[], masked = 0): Features => ({
  streams: { tokens: ids.slice(0, -1) },
  prefixLength: 0,
  targets: ids.slice(1),
  lossWeights: ids.slice(1).map((_, at) => (at < masked ? 0 : 1)),
});

export const batchOf = (...rows: readonly Features[]): Batch => toBatch(rows, { pad: 0 });

/** Rows of changing lengths that depend on the step alone; two micro-batches a step. */
export const countingRows: BatchSource = {
  batches: (step) => [batchOf(counting(step, 4), counting(step + 1, 6)), batchOf(counting(step + 2, 3 + (step % 3)))],
};

const counting = (start: number, length: number): Features =>
  row(Array.from({ length }, (_, at) => (start + at * at) % VOCABULARY));

/** Options of a small run with dropout; each call has an optimiser of its own. */
export const smallRun = (changes: Partial<TrainOptions> = {}): TrainOptions => ({
  model: bigramModel({ dropoutRate: 0.2 }),
  objective: crossEntropy,
  batches: countingRows,
  optimizer: adamW(),
  schedule: constant({ rate: 0.02 }),
  steps: 12,
  clipNorm: 1,
  seed: 3,
  ...changes,
});
