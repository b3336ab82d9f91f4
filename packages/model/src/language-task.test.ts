import "@tensorflow/tfjs-backend-cpu";
import { reference } from "@trivium/attention";
import { createRandom } from "@trivium/core";
import { toBatch } from "@trivium/features";
import { causal } from "@trivium/masks";
import { flattenTree, multiplyOut, tf } from "@trivium/tensor";
import { beforeAll, expect, test } from "vitest";
import { createModel } from "./create-model.ts";
import { languageTask } from "./language-task.ts";
import { factorsOf } from "./logits-of.ts";

beforeAll(async () => void (await tf.setBackend("cpu")));

const ids = [1, 5, 2, 6];
const features = { streams: { tokens: ids }, prefixLength: 0, targets: ids, lossWeights: ids.map(() => 1) };
const batch = toBatch([features]);
const model = createModel({
  architecture: { name: "a", streams: ["tokens"], reads: "past", selfMask: () => causal() },
  config: { vocabulary: 7, length: 4, width: 8, heads: 2, layers: 2, dropout: 0.5 },
  attention: reference(),
});
const task = languageTask({
  model,
  objective: {
    name: "o",
    settings: { smoothing: 0.1 },
    loss: (logits, { supervisedTokens: tokens }) => ({ sum: tf.sum(multiplyOut(logits)), tokens }),
  },
  trains: (path) => path !== "embedding.weight",
  flops: ({ size }) => 10 * size,
});

test("the loss is the objective's, over the states and the head of the model, under the seed's dropout", () => {
  const parameters = task.createParameters(createRandom(1));
  const lossOf = (seed?: string, recompute?: boolean) =>
    tf.tidy(() => task.loss(parameters, batch, { seed, recompute }).sum.dataSync()[0] as number);
  const expected = (dropoutSeed?: string) =>
    tf.tidy(() => tf.sum(multiplyOut(factorsOf(model, parameters, batch, { dropoutSeed }))).dataSync()[0]);
  expect(task.loss(parameters, batch).tokens).toBe(4);
  expect([lossOf(), lossOf("s"), lossOf("s", true)]).toEqual([expected(), expected("s"), expected("s")]);
  expect(lossOf("t")).not.toBe(lossOf("s"));
});

test("a task describes its model and objective, counts its batches, and knows what is frozen", () => {
  expect(task.describe()).toMatchObject({
    architecture: "a",
    model: { vocabulary: 7 },
    objective: { name: "o", smoothing: 0.1 },
  });
  expect(task.counts(batch)).toEqual({ supervisedTokens: 4, seenTokens: 4, flops: 10 });
  expect(task.trains?.("embedding.weight")).toBe(false);
  expect(task.specs).toBe(model.specs);
});

test("parameters have the names and shapes of the specifications, in their order", () => {
  const parameters = flattenTree(task.createParameters(createRandom(1)));
  expect(Object.keys(parameters).slice(0, 2)).toEqual(["embedding.weight", "tokens.positions.weight"]);
  expect(parameters["embedding.weight"]?.shape).toEqual([7, 8]);
});
