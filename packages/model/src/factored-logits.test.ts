import { reference } from "@trivium/attention";
import { createSimdBackend } from "@trivium/backend-simd";
import { createRandom } from "@trivium/core";
import { createBatchSource } from "@trivium/data";
import { causalLm, type Loss, type Objective, seq2seq } from "@trivium/objectives";
import { flattenTree, type Tensor, tf, valueAndGradients } from "@trivium/tensor";
import { beforeAll, expect, test } from "vitest";
import type { ModelOptions } from "./config.ts";
import { createModel } from "./create-model.ts";
import type { Model } from "./model.ts";
import { causal, encoderDecoder } from "./testing.ts";

beforeAll(() => createSimdBackend({ name: "simd-factored", poison: true }).activate());

const examples = [
  { source: [7, 8, 9, 10], target: [11, 12, 13] },
  { source: [14], target: [299, 15] },
];
const smoothed = { labelSmoothing: 0.1, zLoss: 1e-3 };
// More than one chunk of a vocabulary.
const config = { vocabulary: 300, length: 16, width: 8, layers: 1, heads: 2 };

const arms: readonly [string, Model["architecture"], Objective, Partial<ModelOptions>][] = [
  ["a tied head", causal, causalLm(smoothed), {}],
  ["a head of its own", causal, causalLm({ loss: "target" }), { tiedHead: false }],
  ["scaled outputs", encoderDecoder, seq2seq(smoothed), { scaleOutputs: true }],
];

test.each(arms)("%s: the loss and gradients of factors are those of logits", (_, architecture, objective, options) => {
  const model = createModel({ architecture, config: { ...config, ...options }, attention: reference() });
  const parameters = model.createParameters(createRandom(2));
  const [batch] = createBatchSource({ examples, objective, batchSize: 2, seed: 1 }).batches(0);
  const measure = (loss: () => Loss) =>
    tf.tidy(() => {
      const { value, gradients, unreached } = valueAndGradients(() => loss().sum, parameters);
      expect(unreached).toEqual([]);
      return [value, ...Object.values(flattenTree(gradients))].map((x) => [...(x as Tensor).dataSync()]);
    });
  const before = tf.memory().numTensors;
  const whole = measure(() => objective.loss(model.logits(parameters, batch!), batch!));
  const factored = measure(() => objective.loss.ofFactors!(model.logits.factors!(parameters, batch!), batch!));
  expect(tf.memory().numTensors).toBe(before);
  const wanted = whole.flat();
  factored.flat().forEach((value, index) => {
    expect(value).toBeCloseTo(wanted[index]!, 4);
  });
});
