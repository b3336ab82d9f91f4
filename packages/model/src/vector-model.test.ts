import { logitsOf } from "./logits-of.ts";
import "@tensorflow/tfjs-backend-cpu";
import { reference } from "@trivium/attention";
import { createRandom, TriviumError } from "@trivium/core";
import { causal, full } from "@trivium/masks";
import { flattenTree, type ParameterTree, type Tensor, type Tensor3D, tf, valueAndGradients } from "@trivium/tensor";
import { beforeAll, expect, test } from "vitest";
import type { Architecture } from "./architecture.ts";
import { countModelParameters, forwardFlops } from "./counters.ts";
import { createModel } from "./create-model.ts";
import { createVectorModel, type VectorModelOptions } from "./vector-model.ts";

beforeAll(async () => void (await tf.setBackend("cpu")));

const one: Architecture = { name: "one", streams: ["tokens"], reads: "past", selfMask: () => causal() };
const two: Architecture = {
  name: "two",
  streams: ["source", "target"],
  reads: { source: "all", target: "past" },
  selfMask: { source: () => full(), target: () => causal() },
  crossMask: () => full(),
};
const config: VectorModelOptions = { inputs: 5, outputs: 3, length: 6, width: 8, layers: 2, heads: 2 };
const create = (architecture: Architecture) => createVectorModel({ architecture, config, attention: reference() });
const vectors = (rows: number, length: number, width = 5): Tensor3D =>
  tf.randomNormal([rows, length, width], 0, 1, "float32", 3);

test("one-hot vectors give the logits of a model of ids with the same weights", () => {
  const model = create(one);
  const tree = model.createParameters(createRandom(1)) as Record<string, ParameterTree>;
  const { input, output, ...stacks } = tree as Record<string, ParameterTree>;
  const ids = Int32Array.of(0, 3, 1, 4, 2, 0);
  const outputs = logitsOf(model, tree, {
    size: 2,
    streams: { tokens: tf.oneHot(tf.tensor2d(ids, [2, 3]), 5) as Tensor3D },
  });
  const ofIds = createModel({
    architecture: one,
    config: { vocabulary: 5, head: { tied: false }, length: 6, width: 8, layers: 2, heads: 2 },
    attention: reference(),
  });
  const head = tf.pad(output!.weight as Tensor, [
    [0, 0],
    [0, 2],
  ]);
  const logits = logitsOf(
    ofIds,
    { embedding: { weight: input!.weight as Tensor }, ...stacks, head: { weight: head } },
    { size: 2, streams: { tokens: { ids, lengths: [3, 3], length: 3 } }, prefixLengths: [0, 0] },
  );
  const expected = tf.slice(logits, [0, 0, 0], [2, 3, 3]).dataSync();
  expect([...outputs.dataSync()]).toEqual([...expected].map((value) => expect.closeTo(value, 5)));
});

test("a later vector moves no earlier prediction", () => {
  const model = create(one);
  const tree = model.createParameters(createRandom(1));
  const first = vectors(1, 4);
  const moved = tf.concat([tf.slice(first, [0, 0, 0], [1, 3, 5]), vectors(1, 1)], 1) as Tensor3D;
  const [before, after] = [first, moved].map((tokens) => [
    ...logitsOf(model, tree, { size: 1, streams: { tokens } }).dataSync(),
  ]);
  expect(after!.slice(0, 9)).toEqual(before!.slice(0, 9));
  expect(after!.slice(9)).not.toEqual(before!.slice(9));
});

test("two streams: the last predicts, and every parameter but the keys' biases is reached", () => {
  const model = create(two);
  const tree = model.createParameters(createRandom(2));
  const streams = { source: vectors(2, 4), target: vectors(2, 3) };
  expect(logitsOf(model, tree, { size: 2, streams }).shape).toEqual([2, 3, 3]);
  const { gradients, unreached } = valueAndGradients(
    () => tf.sum(tf.square(logitsOf(model, tree, { size: 2, streams }))),
    tree,
  );
  expect(unreached).toEqual([]);
  for (const [path, gradient] of Object.entries(flattenTree(gradients))) {
    // Softmax does not see what all its logits have in common; positions end at the streams' lengths.
    if (path.includes(".key.bias") || path.includes(".keyValue.bias")) continue;
    expect(tf.max(tf.abs(gradient)).dataSync()[0], path).toBeGreaterThan(0);
  }
});

test("parameters and FLOPs are those of a model of ids but for the two maps", () => {
  const sizes = { length: 6, width: 8, layers: 2, heads: 2 };
  const ofIds = { ...sizes, vocabulary: 3, head: { tied: false } };
  const tree = create(one).createParameters(createRandom(1));
  const count = Object.values(flattenTree(tree)).reduce((sum, { size }) => sum + size, 0);
  // The input map instead of three embeddings, and two biases.
  expect(count).toBe(countModelParameters(one, ofIds) - 3 * 8 + 5 * 8 + 8 + 3);
  const row = { lengths: { tokens: 6 } };
  expect(create(one).forwardFlops(row)).toBe(forwardFlops(one, ofIds, row).total + 2 * 6 * 5 * 8);
});

test.each([
  ["a stream is missing", { source: [2, 3, 5] }],
  ["rows differ", { source: [2, 3, 5], target: [1, 3, 5] }],
  ["the width is another", { source: [2, 3, 5], target: [2, 3, 4] }],
  ["a row is too long", { source: [2, 3, 5], target: [2, 7, 5] }],
] as const)("refuses input if %s", (_, shapes) => {
  const model = create(two);
  const tree = model.createParameters(createRandom(1));
  const ones = (shape: readonly number[]) => tf.ones<tf.Rank.R3>([...shape] as [number, number, number]);
  const streams = Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, ones(shape)]));
  try {
    logitsOf(model, tree, { size: 2, streams });
    expect.unreachable();
  } catch (error) {
    expect(TriviumError.is(error, "model/vectors"), String(error)).toBe(true);
  }
});
