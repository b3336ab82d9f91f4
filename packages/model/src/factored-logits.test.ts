import { reference } from "@trivium/attention";
import { createSimdBackend } from "@trivium/backend-simd";
import { createRandom } from "@trivium/core";
import { createBatchSource } from "@trivium/data";
import type { LossFunction } from "@trivium/features";
import { causalLm, type Objective, seq2seq } from "@trivium/objectives";
import { flattenTree, linearCrossEntropy, type Tensor, tf, valueAndGradients } from "@trivium/tensor";
import { reservedSpecials } from "@trivium/text";
import { beforeAll, expect, test } from "vitest";
import type { ModelOptions } from "./config.ts";
import { createModel } from "./create-model.ts";
import { factorsOf } from "./logits-of.ts";
import type { LanguageModel } from "./model.ts";
import { causal, encoderDecoder } from "./testing.ts";

beforeAll(() => createSimdBackend({ name: "simd-factored", poison: true }).activate());

const examples = [
  { source: [7, 8, 9, 10], target: [11, 12, 13] },
  { source: [14], target: [299, 15] },
];
const smoothed = { labelSmoothing: 0.1, zLoss: 1e-3 };
// More than one chunk of a vocabulary.
const config = { vocabulary: 300, length: 16, width: 8, layers: 1, heads: 2 };

const arms: readonly [string, LanguageModel["architecture"], Objective, Partial<ModelOptions>][] = [
  ["a tied head", causal, causalLm(smoothed), {}],
  ["a head of its own", causal, causalLm({ ...smoothed, loss: "target" }), { head: { tied: false } }],
  ["scaled outputs", encoderDecoder, seq2seq(smoothed), { scaleOutputs: true }],
];

const inChunks: LossFunction = (logits, { targets, lossWeights, supervisedTokens: tokens }) => {
  const losses = linearCrossEntropy(logits, tf.tensor1d(targets, "int32"), tf.tensor1d(lossWeights), smoothed);
  return { sum: tf.sum(losses), tokens };
};

test.each(arms)("%s: logits in chunks have the loss and gradients of logits multiplied out", (_, ...arm) => {
  const [architecture, objective, options] = arm;
  const model = createModel({ architecture, config: { ...config, ...options }, attention: reference() });
  const parameters = model.createParameters(createRandom(2));
  const data = { examples, special: reservedSpecials(), objective };
  const batch = createBatchSource({ ...data, batchSize: 2, seed: 1 }).batches(0)[0]!;
  const measure = (lossOf: LossFunction) =>
    tf.tidy(() => {
      const loss = () => lossOf(factorsOf(model, parameters, batch), batch).sum;
      const { value, gradients, unreached } = valueAndGradients(loss, parameters);
      expect(unreached).toEqual([]);
      return [value, ...Object.values(flattenTree(gradients))].map((x) => [...(x as Tensor).dataSync()]);
    });
  const before = tf.memory().numTensors;
  const wanted = measure(objective.loss).flat();
  const found = measure(inChunks).flat();
  expect(tf.memory().numTensors).toBe(before);
  for (const [index, value] of found.entries()) expect(value).toBeCloseTo(wanted[index]!, 4);
});
