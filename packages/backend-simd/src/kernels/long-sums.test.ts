import {
  embedding,
  layerNorm,
  linear,
  squaredNorms,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  tf,
} from "@trivium/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import { createSimdBackend } from "../index.ts";

const simd = createSimdBackend({ name: "long-sums", poison: true });
const rows = 2 ** 20 + 3;

/** The greatest relative error of a tensor whose elements should all be `expected`. */
function errorOf(compute: () => Tensor, expected: number): number {
  const values = tf.tidy(() => compute().dataSync() as Float32Array);
  return values.reduce((most, value) => Math.max(most, Math.abs(value - expected) / Math.abs(expected)), 0);
}

const tenth = Math.fround(0.1);

describe("sums of many equal numbers keep their digits", () => {
  beforeAll(() => simd.activate());

  const reductions: [string, number[], number | number[]][] = [
    ["axis 0 of one column", [rows, 1], 0],
    ["axis 0", [rows, 3], 0],
    ["axis 0 of a vector's width", [rows, 4], 0],
    ["a middle axis", [2, rows >> 1, 3], 1],
    ["axes 0 and 2", [rows >> 2, 3, 5], [0, 2]],
    ["axes 0 and 1", [1021, 1031, 2], [0, 1]],
    ["the last axis", [3, rows], 1],
    ["every axis", [1021, 1031], [0, 1]],
  ];
  test.for(reductions)("sum and mean over %s", ([, shape, axis]) => {
    const x = tf.fill(shape, 0.1);
    const count = [axis].flat().reduce((product, at) => product * shape[at]!, 1);
    expect(errorOf(() => tf.mean(x, axis), tenth)).toBeLessThan(1e-6);
    expect(errorOf(() => tf.sum(x, axis), tenth * count)).toBeLessThan(1e-6);
    x.dispose();
  });

  const gradients: [string, () => Tensor, number][] = [
    [
      "a bias",
      () =>
        tf.grad((bias) =>
          tf.mul(tf.sum(linear(tf.ones([rows, 1]), tf.ones([1, 3]) as Tensor2D, bias as Tensor1D)), 0.1),
        )(tf.zeros([3])),
      rows * tenth,
    ],
    [
      "the bias of a norm",
      () =>
        tf.grad((bias) => tf.mul(tf.sum(layerNorm(tf.ones([rows, 2]), tf.ones([2]), bias as Tensor1D, 1e-5)), 0.1))(
          tf.zeros([2]),
        ),
      rows * tenth,
    ],
    [
      "an embedding",
      () =>
        tf.grad((table) => tf.mul(tf.sum(embedding(table as Tensor2D, tf.zeros([rows], "int32"))), 0.1))(
          tf.zeros([1, 3]),
        ),
      rows * tenth,
    ],
  ];
  test.for(gradients)("the gradient of %s", ([, compute, expected]) => {
    expect(errorOf(compute, expected)).toBeLessThan(1e-6);
  });

  test("the gradient of an embedding is the sum for each id, however often it stands", () => {
    const ids = Int32Array.from({ length: 3000 }, (_, at) => (at % 3 === 0 ? 1 : at % 7));
    const counts = Array.from({ length: 7 }, (_, id) => ids.filter((one) => one === id).length);
    const gradient = tf.tidy(() => {
      const sum = (table: Tensor) => tf.sum(embedding(table as Tensor2D, tf.tensor1d(ids, "int32")));
      return tf
        .grad(sum)(tf.zeros([7, 2]))
        .dataSync();
    });
    expect([...gradient]).toEqual(counts.flatMap((count) => [count, count]));
  });

  test("a squared norm and a log-sum-exp", () => {
    expect(errorOf(() => squaredNorms([tf.fill([rows], 0.1)]), rows * tenth * tenth)).toBeLessThan(1e-5);
    const logits = tf.concat([tf.zeros([1, 1]), tf.fill([1, rows], Math.log(0.1))], 1);
    expect(errorOf(() => tf.slice(tf.softmax(logits), [0, 0], [1, 1]), 1 / (1 + rows * 0.1))).toBeLessThan(1e-5);
  });
});
