import "@tensorflow/tfjs-backend-cpu";
import { expect, test } from "vitest";
import { type Tensor, type Tensor1D, type Tensor2D, tf } from "../tf.ts";
import { valueAndGradients } from "../value-and-gradients.ts";
import { linearCrossEntropy } from "./linear-cross-entropy.ts";

const numbers = (tensor: unknown) => Array.from((tensor as Tensor).dataSync());
const int = (values: number[]) => tf.tensor1d(values, "int32") as Tensor1D;
const states = tf.tensor2d([
  [1, -2],
  [0.5, 3],
]) as Tensor2D;
const head = tf.tensor2d([
  [1, 0, -1],
  [0, 1, 2],
]) as Tensor2D;

test("a head and its transposed give the same losses and gradients", () => {
  const run = (weight: Tensor2D, transpose: boolean) => {
    const losses = () => linearCrossEntropy({ states, head: { weight, transpose } }, int([2, 0]), tf.tensor1d([1, 2]));
    const { gradients } = valueAndGradients(() => tf.sum(losses()), { states, weight });
    const ofHead = gradients.weight as Tensor2D;
    return [losses(), gradients.states, transpose ? tf.transpose(ofHead) : ofHead].map(numbers);
  };
  expect(run(tf.transpose(head) as Tensor2D, true)).toEqual(run(head, false));
});

test("a target outside the vocabulary is refused, and a row of weight 0 may hold any", () => {
  const losses = (weight: number) =>
    linearCrossEntropy({ states, head: { weight: head, transpose: false } }, int([2, 3]), tf.tensor1d([1, weight]));
  expect(() => losses(1)).toThrow("the target of row 1 should be an id in [0, 3), got 3");
  expect(numbers(losses(0))[1]).toBe(0);
});

test("shapes that do not fit are refused", () => {
  const losses = (transpose: boolean, bias?: Tensor1D) => () =>
    linearCrossEntropy({ states, head: { weight: head, transpose, bias } }, int([0, 0]), tf.ones([2]));
  expect(losses(true)).toThrow("axis M (model width) of head");
  expect(losses(false, tf.ones([2]))).toThrow("axis V (vocabulary) of bias should be 3, not 2");
});
