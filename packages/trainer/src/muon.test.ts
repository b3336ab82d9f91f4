import "@tensorflow/tfjs-backend-cpu";
import { disposeTree, flattenTree, mapTree, type ParameterTree, type Tensor3D, tf } from "@trivium/tensor";
import { beforeAll, expect, test } from "vitest";
import { adamW } from "./adam-w.ts";
import { muon } from "./muon.ts";
import type { Optimizer, Trained } from "./optimizer.ts";
import { orthogonalize } from "./orthogonalize.ts";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

const createParameters = (): ParameterTree => ({
  embedding: { weight: tf.tensor2d([[1, 2], [3, -4]]) }, // biome-ignore format: a matrix
  source: {
    layers: {
      0: { up: { weight: tf.tensor2d([[1, 0, 2], [0, 1, -1]]), bias: tf.tensor1d([1, 2, 3]) } }, // biome-ignore format: a matrix
      1: { up: { weight: tf.tensor2d([[2, 1, 0], [1, 0, 1]]), bias: tf.tensor1d([0, 0, 0]) } }, // biome-ignore format: a matrix
    },
    positions: { weight: tf.tensor2d([[0.5, 0.5]]) },
  },
});

/** A gradient of its own for every parameter and step. */
const gradientsOf = (parameters: ParameterTree, step: number): ParameterTree =>
  mapTree(parameters, (leaf) => tf.tidy(() => tf.add(tf.sin(tf.mul(leaf, step)), 0.1)));

function trained(optimizer: Optimizer, steps: number, gradientScale = 1): Trained {
  const parameters = createParameters();
  const fixed = createParameters();
  let now: Trained = { parameters, state: optimizer.createState(parameters) };
  for (let step = 1; step <= steps; step++)
    now = optimizer.apply(now, gradientsOf(fixed, step), { learningRate: 0.1, step, gradientScale });
  disposeTree(fixed);
  return now;
}

const valuesOf = (tree: ParameterTree): Record<string, number[]> =>
  Object.fromEntries(Object.entries(flattenTree(tree)).map(([path, leaf]) => [path, [...leaf.dataSync()]]));

test("matrices of layers follow the rule of the paper, each by itself", () => {
  const path = "source.layers.0.up.weight";
  const { parameters } = trained(muon({ momentum: 0.9, weightDecay: 0.5 }), 3);
  const start = createParameters();
  let [p, m] = [flattenTree(start)[path]!, tf.zeros([2, 3])];
  for (let step = 1; step <= 3; step++) {
    const g = flattenTree(gradientsOf(start, step))[path]!;
    m = tf.add(tf.mul(m, 0.9), g);
    const direction = tf.squeeze(orthogonalize(tf.expandDims(tf.add(g, tf.mul(m, 0.9))) as Tensor3D), [0]);
    p = tf.sub(tf.mul(p, 1 - 0.1 * 0.5), tf.mul(direction, 0.1 * 0.2 * Math.sqrt(3)));
  }
  valuesOf(parameters)[path]!.forEach((value, at) => {
    expect(value).toBeCloseTo(p.dataSync()[at]!, 5);
  });
});

test("everything else follows AdamW: embeddings, positions and biases", () => {
  const [own, adapted] = [muon({ weightDecay: 0.5 }), adamW({ weightDecay: 0.5 })].map((one) =>
    valuesOf(trained(one, 3).parameters),
  );
  for (const path of ["embedding.weight", "source.positions.weight", "source.layers.1.up.bias"])
    expect(own![path]).toEqual(adapted![path]);
  expect(own!["source.layers.1.up.weight"]).not.toEqual(adapted!["source.layers.1.up.weight"]);
});

test("the tree keeps its order, and the state has a leaf of each parameter's shape where there is one", () => {
  const { parameters, state } = trained(muon(), 1);
  expect(Object.keys(flattenTree(parameters))).toEqual(Object.keys(flattenTree(createParameters())));
  for (const tree of Object.values(state))
    for (const [path, { shape }] of Object.entries(flattenTree(tree)))
      expect(shape).toEqual(flattenTree(parameters)[path]?.shape);
  expect(Object.keys(flattenTree(state.momentum!))).toEqual(["source.layers.0.up.weight", "source.layers.1.up.weight"]);
});

test("which matrices follow Muon can be chosen by path", () => {
  const optimizer = muon({ hidden: (path) => path.startsWith("embedding") });
  expect(Object.keys(flattenTree(trained(optimizer, 1).state.momentum!))).toEqual(["embedding.weight"]);
  expect([optimizer.settings.hidden, muon().settings.hidden]).toEqual(["custom", "layers"]);
});

test("an update consumes its trees and allocates nothing else", () => {
  const parameters = createParameters();
  const optimizer = muon();
  let now: Trained = { parameters, state: optimizer.createState(parameters) };
  const before = tf.memory().numTensors;
  for (let step = 1; step <= 3; step++) {
    now = optimizer.apply(now, gradientsOf(now.parameters, step), { learningRate: 0.1, step, gradientScale: 1 });
    expect(tf.memory().numTensors).toBe(before);
  }
  disposeTree(now.parameters);
});

test("the size of gradients does not matter to matrices, and an option out of range is refused by name", () => {
  const [one, hundredth] = [1, 0.01].map((scale) => valuesOf(trained(muon(), 3, scale).parameters));
  one!["source.layers.0.up.weight"]!.forEach((value, at) => {
    expect(value).toBeCloseTo(hundredth!["source.layers.0.up.weight"]![at]!, 4);
  });
  expect(() => muon({ momentum: 1 })).toThrow(/momentum/);
});
