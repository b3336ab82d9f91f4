import "@tensorflow/tfjs-backend-cpu";
import { expect, test } from "vitest";
import { embedding } from "../embedding.ts";
import { type Tensor, type Tensor1D, type Tensor2D, type Tensor3D, tf } from "../tf.ts";
import { valueAndGradients } from "../value-and-gradients.ts";
import { linear } from "./linear.ts";

const numbers = (tensor: unknown) => Array.from((tensor as Tensor).dataSync());

test("pitfall 30: a weight shared by the rows of a batch has a gradient, which tfjs's own product refuses", () => {
  const x = tf.tensor3d([
    [
      [1, 2],
      [3, 4],
    ],
    [
      [5, 6],
      [7, 8],
    ],
  ]);
  const weight = tf.tensor2d([
    [1, 0, 2],
    [0, 1, 3],
  ]);
  expect(() => valueAndGradients(() => tf.sum(tf.matMul(x, weight as Tensor)), { weight })).toThrow("gradient");
  const { gradients } = valueAndGradients(() => tf.sum(linear(x, weight)), { weight });
  expect(numbers(gradients.weight)).toEqual([16, 16, 16, 20, 20, 20]);
});

test("leading axes come back, and a vector stays a vector", () => {
  const weight = tf.ones([3, 4]) as Tensor2D;
  expect(linear(tf.ones([2, 5, 3]), weight).shape).toEqual([2, 5, 4]);
  expect(linear(tf.ones([3]), weight).shape).toEqual([4]);
  expect(linear(tf.ones([0, 3]), weight).shape).toEqual([0, 4]);
});

test("the bias is added to each row and its gradient sums over them", () => {
  const bias = tf.tensor1d([10, 20]) as Tensor1D;
  const x = tf.tensor3d([
    [[1], [2]],
    [[3], [4]],
  ]) as Tensor3D;
  const weight = tf.tensor2d([[1, 1]]);
  expect(numbers(linear(x, weight, bias))).toEqual([11, 21, 12, 22, 13, 23, 14, 24]);
  expect(numbers(valueAndGradients(() => tf.sum(linear(x, weight, bias)), { bias }).gradients.bias)).toEqual([4, 4]);
});

test("widths that do not fit are refused with all shapes", () => {
  expect(() => linear(tf.ones([2, 3]), tf.ones([4, 5]) as Tensor2D)).toThrow(
    "axis M (model width) of weight should be 3, not 4; got x [2, 3] as [_ M], weight [4, 5] as [M F]",
  );
  expect(() => linear(tf.ones([2, 3]), tf.ones([3, 5]) as Tensor2D, tf.ones([4]) as Tensor1D)).toThrow("axis F");
});

test("an embedding's gradient adds up where an id repeats and is zero where none falls", () => {
  const table = tf.zeros([4, 2]) as Tensor2D;
  const ids = tf.tensor2d(
    [
      [3, 1],
      [3, 3],
    ],
    [2, 2],
    "int32",
  );
  const { gradients } = valueAndGradients(() => tf.sum(embedding(table, ids)), { table });
  expect(numbers(gradients.table)).toEqual([0, 0, 1, 1, 0, 0, 3, 3]);
  expect(embedding(table, ids).shape).toEqual([2, 2, 2]);
});
