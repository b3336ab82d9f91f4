import "@tensorflow/tfjs-backend-cpu";
import { createRandom } from "@trivium/core";
import {
  countParameters,
  countSpecs,
  flattenSpecs,
  flattenTree,
  type SpecTree,
  type Tensor,
  tf,
} from "@trivium/tensor";
import { beforeAll, expect, test } from "vitest";
import { createTree } from "./create-tree.ts";
import { multiHeadAttentionSpec } from "./multi-head-attention.ts";

beforeAll(async () => void (await tf.setBackend("cpu")));

const attention = multiHeadAttentionSpec({
  width: 8,
  heads: 4,
  keyValueHeads: 2,
  headWidth: 3,
  biases: { queryKeyValue: true, output: true },
  deviations: { query: 1, keyValue: 1, output: 1 },
});
const specs: SpecTree = {
  layers: { 0: { self: attention } },
  scale: { shape: [], initial: { constant: 7 } },
};

const valuesOf = (tree: ReturnType<typeof createTree>, path: string) =>
  Array.from((flattenTree(tree)[path] as Tensor).dataSync());

test("what is counted without making it is what is made, under the same paths and in the same order", () => {
  const tree = createTree(specs, createRandom(1));
  expect(countSpecs(specs)).toBe(countParameters(tree));
  // Query and output 8·12, key and value 8·6, their biases, and a scalar.
  expect(countSpecs(specs)).toBe(2 * 96 + 2 * 48 + (12 + 6 + 6 + 8) + 1);
  const shapes = Object.entries(flattenTree(tree)).map(([path, { shape }]) => [path, shape]);
  expect(shapes).toEqual(Object.entries(flattenSpecs(specs)).map(([path, { shape }]) => [path, shape]));
});

test("the same path draws the same values, whatever else there is", () => {
  const alone = createTree({ b: { weight: { shape: [4], initial: { deviation: 1 } } } }, createRandom(5));
  const beside = createTree(
    {
      a: { weight: { shape: [9], initial: { deviation: 1 } } },
      b: { weight: { shape: [4], initial: { deviation: 1 } } },
    },
    createRandom(5),
  );
  expect(valuesOf(beside, "b.weight")).toEqual(valuesOf(alone, "b.weight"));
  expect(valuesOf(beside, "a.weight").slice(0, 4)).not.toEqual(valuesOf(beside, "b.weight"));
});

test("another seed draws other values; constants are constants", () => {
  const [one, two] = [createTree(specs, createRandom(1)), createTree(specs, createRandom(2))];
  const path = "layers.0.self.query.weight";
  expect(valuesOf(one, path)).not.toEqual(valuesOf(two, path));
  expect(valuesOf(one, "scale")).toEqual([7]);
  expect(new Set(valuesOf(one, "layers.0.self.key.bias"))).toEqual(new Set([0]));
});

test("initial weights have mean 0 and the deviation that is asked for", () => {
  const [deviation, count] = [0.02, 40_000];
  const values = valuesOf(createTree({ w: { shape: [200, 200], initial: { deviation } } }, createRandom(3)), "w");
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const variance = values.reduce((sum, value) => sum + value ** 2, 0) / count;
  // Five standard errors of each.
  expect(Math.abs(mean)).toBeLessThan((5 * deviation) / Math.sqrt(count));
  expect(Math.abs(Math.sqrt(variance) / deviation - 1)).toBeLessThan(5 / Math.sqrt(2 * count));
});
