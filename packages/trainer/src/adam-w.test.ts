import "@tensorflow/tfjs-backend-cpu";
import { copyTree, disposeTree, flattenTree, type ParameterTree, type Tensor, tf } from "@trivium/tensor";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { adamW } from "./adam-w.ts";
import type { Trained } from "./optimizer.ts";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

/** One value under AdamW as the paper's algorithm 2 has it, in float64. */
function oracle(start: number, gradients: readonly number[], decays: boolean, rate: number, scale: number): number {
  const [beta1, beta2, epsilon, weightDecay] = [0.9, 0.98, 1e-8, 0.01];
  let [p, m, v] = [start, 0, 0];
  gradients.forEach((raw, index) => {
    const g = raw * scale;
    m = beta1 * m + (1 - beta1) * g;
    v = beta2 * v + (1 - beta2) * g * g;
    const direction = m / (1 - beta1 ** (index + 1)) / (Math.sqrt(v / (1 - beta2 ** (index + 1))) + epsilon);
    p = p - rate * direction - rate * (decays ? weightDecay : 0) * p;
  });
  return p;
}

test("twenty updates equal AdamW in float64; matrices decay, biases do not", () => {
  const value = fc.double({ min: -2, max: 2, noNaN: true });
  const series = fc.array(value, { minLength: 20, maxLength: 20 });
  fc.assert(
    fc.property(value, series, series, fc.constantFrom(1, 0.25), (start, forWeight, forBias, gradientScale) => {
      const optimizer = adamW();
      const parameters = { layer: { weight: tf.tensor2d([[start]]), bias: tf.tensor1d([start]) } };
      let trained: Trained = { parameters, state: optimizer.createState(parameters) };
      for (let step = 1; step <= 20; step++) {
        const gradients = {
          layer: { weight: tf.tensor2d([[forWeight[step - 1]!]]), bias: tf.tensor1d([forBias[step - 1]!]) },
        };
        trained = optimizer.apply(trained, gradients, { learningRate: 0.01, step, gradientScale });
      }
      const flat = read(trained.parameters);
      expect(flat["layer.weight"]![0]).toBeCloseTo(oracle(start, forWeight, true, 0.01, gradientScale), 5);
      expect(flat["layer.bias"]![0]).toBeCloseTo(oracle(start, forBias, false, 0.01, gradientScale), 5);
      disposeTrained(trained);
    }),
    { numRuns: 50 },
  );
});

test("which parameters decay can be chosen by path", () => {
  const optimizer = adamW({ weightDecay: 0.5, decay: (path) => path === "b" });
  const parameters = { a: tf.tensor2d([[1]]), b: tf.tensor1d([1]) };
  const gradients = { a: tf.zeros([1, 1]), b: tf.zeros([1]) };
  const next = optimizer.apply({ parameters, state: optimizer.createState(parameters) }, gradients, {
    learningRate: 0.1,
    step: 1,
    gradientScale: 1,
  });
  expect(read(next.parameters)).toEqual({ a: [1], b: [expect.closeTo(0.95, 6)] });
  disposeTrained(next);
});

test("an update consumes its trees and allocates nothing else", () => {
  const optimizer = adamW();
  const parameters = { a: tf.ones([3, 2]) };
  const trained = { parameters, state: optimizer.createState(parameters) };
  const before = tf.memory().numTensors;
  const next = optimizer.apply(trained, { a: tf.ones([3, 2]) }, { learningRate: 0.1, step: 1, gradientScale: 1 });
  expect(tf.memory().numTensors).toBe(before);
  expect(parameters.a.isDisposed).toBe(true);
  disposeTrained(next);
});

test("a snapshot held across updates does not change, and the parameters do", () => {
  const optimizer = adamW();
  const parameters = { a: tf.tensor2d([[1, -2, 3]]), b: tf.tensor1d([4]) };
  const snapshot = copyTree(parameters);
  let trained: Trained = { parameters, state: optimizer.createState(parameters) };
  for (let step = 1; step <= 3; step++) {
    const gradients = { a: tf.ones([1, 3]), b: tf.ones([1]) };
    trained = optimizer.apply(trained, gradients, { learningRate: 0.1, step, gradientScale: 1 });
  }
  expect(read(snapshot)).toEqual({ a: [1, -2, 3], b: [4] });
  expect(read(trained.parameters).a).not.toEqual([1, -2, 3]);
  disposeTree(snapshot);
  disposeTrained(trained);
});

test("an option out of range is refused by name", () => {
  expect(() => adamW({ beta2: 1 })).toThrow(/beta2/);
});

const read = (tree: ParameterTree) =>
  Object.fromEntries(Object.entries(flattenTree<Tensor>(tree)).map(([path, leaf]) => [path, [...leaf.dataSync()]]));

function disposeTrained({ parameters, state }: Trained): void {
  disposeTree(parameters);
  disposeTree(state);
}
