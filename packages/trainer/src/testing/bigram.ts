import { hashWords } from "@trivium/core";
import { type Batch, batchesByStep, type Features, taskLosses, toBatch } from "@trivium/features";
import {
  dropout,
  embedding,
  flattenSpecs,
  linear,
  type SpecTree,
  softmaxCrossEntropy,
  type Tensor1D,
  type Tensor2D,
  tf,
  unflattenTree,
} from "@trivium/tensor";
import "@tensorflow/tfjs-backend-cpu";
import { adamW } from "../adam-w.ts";
import { constant } from "../constant.ts";
import type { LossSum, Task } from "../task.ts";
import type { TrainOptions } from "../train-options.ts";

export const VOCABULARY = 7;
const WIDTH = 5;

/** Options of the bigram task. */
export interface BigramOptions {
  readonly dropoutRate?: number;
  /** Adds a parameter that no loss reaches. */
  readonly unreached?: boolean;
  /** Settings of the loss that the task describes. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Replaces the loss sum of a micro-batch. */
  readonly change?: (sum: LossSum) => LossSum;
  readonly trains?: (path: string) => boolean;
}

/** The smallest task with dropout, a matrix and a bias: each token is predicted from the one before it. */
export function bigramTask(options: BigramOptions = {}): Task<Batch> {
  const { dropoutRate = 0, unreached = false, settings, change = (sum) => sum, trains } = options;
  const specs = bigramSpecs(unreached);
  return {
    specs,
    trains,
    counts: ({ supervisedTokens, seenTokens }) => ({ supervisedTokens, seenTokens }),
    describe: () => ({
      architecture: "bigram",
      model: { dropout: dropoutRate },
      objective: { name: "cross-entropy", ...settings },
    }),
    createParameters(random) {
      const draw = (length: number) => Float32Array.from({ length }, () => random.normal());
      const leaves = Object.entries(flattenSpecs(specs)).map(([path, { shape }]) => [
        path,
        tf.tensor(draw(shape.reduce((a, b) => a * b)), [...shape]),
      ]);
      return unflattenTree(Object.fromEntries(leaves));
    },
    loss(parameters, batch, { seed }) {
      const { streams, targets, lossWeights, size, supervisedTokens } = batch;
      const { embedding: table, head } = parameters as {
        embedding: Tensor2D;
        head: { weight: Tensor2D; bias: Tensor1D };
      };
      const { ids, length } = streams.tokens!;
      const states = embedding(table, tf.tensor(ids, [size, length], "int32"));
      const kept = dropout(states, { rate: dropoutRate, seed: hashWords(seed)[0] });
      const logits = tf.reshape(linear(kept, head.weight, head.bias), [-1, VOCABULARY]) as Tensor2D;
      const losses = softmaxCrossEntropy(logits, tf.tensor1d(targets, "int32"), tf.tensor1d(lossWeights));
      return change({ sum: tf.sum(losses), tokens: supervisedTokens, tasks: taskLosses(losses, batch) });
    },
  };
}

function bigramSpecs(unreached: boolean): SpecTree {
  const normal = (...shape: number[]) => ({ shape, initial: { deviation: 1 } });
  const specs: SpecTree = {
    embedding: normal(VOCABULARY, WIDTH),
    head: { weight: normal(WIDTH, VOCABULARY), bias: normal(VOCABULARY) },
  };
  return unreached ? { ...specs, idle: normal(3) } : specs;
}

/** A row of ids whose every token is predicted by the one before it, except the first `masked`. */
export const row = (ids: readonly number[], masked = 0): Features => ({
  streams: { tokens: ids.slice(0, -1) },
  prefixLength: 0,
  targets: ids.slice(1),
  lossWeights: ids.slice(1).map((_, at) => (at < masked ? 0 : 1)),
});

export const batchOf = (...rows: readonly Features[]): Batch => toBatch(rows, { pad: 0 });

/** The micro-batches of a step: two of them, of changing lengths that depend on the step alone. */
export const countingBatches = (step: number): readonly Batch[] => [
  batchOf(counting(step, 4), counting(step + 1, 6)),
  batchOf(counting(step + 2, 3 + (step % 3))),
];

const counting = (start: number, length: number): Features =>
  row(Array.from({ length }, (_, at) => (start + at * at) % VOCABULARY));

/** Options of a small run with dropout. Each call has an optimiser of its own. */
export const smallRun = (changes: Partial<TrainOptions<Batch>> = {}): TrainOptions<Batch> => ({
  task: bigramTask({ dropoutRate: 0.2 }),
  batches: batchesByStep(countingBatches),
  optimizer: adamW(),
  schedule: constant({ rate: 0.02 }),
  steps: 12,
  clipNorm: 1,
  seed: 3,
  ...changes,
});
