import "@tensorflow/tfjs-backend-cpu";
import { expect, test } from "vitest";
import { type Tensor, type Tensor1D, type Tensor2D, tf } from "../tf.ts";
import { valueAndGradients } from "../value-and-gradients.ts";
import { softmaxCrossEntropy } from "./softmax-cross-entropy.ts";

const numbers = (tensor: unknown) => Array.from((tensor as Tensor).dataSync());
const int = (values: number[]) => tf.tensor1d(values, "int32") as Tensor1D;

test("a row of weight 0 has loss 0 and gradient 0 exactly, whatever its logits", () => {
  const logits = tf.tensor2d([
    [1, 2],
    [300, -300],
  ]) as Tensor2D;
  const weights = tf.tensor1d([1, 0]);
  const losses = () => softmaxCrossEntropy(logits, int([0, 1]), weights, { labelSmoothing: 0.1, zLoss: 0.1 });
  expect(numbers(losses())[1]).toBe(0);
  const { gradients } = valueAndGradients(() => tf.sum(losses()), { logits });
  expect(numbers(gradients.logits).slice(2).map(Math.abs)).toEqual([0, 0]);
});

test("pitfall 25: when every weight is 0 the sum is 0, not NaN", () => {
  const logits = tf.randomNormal([4, 3], 0, 1, "float32", 1) as Tensor2D;
  expect(numbers(tf.sum(softmaxCrossEntropy(logits, int([0, 1, 2, 0]), tf.zeros([4]))))).toEqual([0]);
});

test("uniform logits cost the logarithm of the vocabulary, with label smoothing too", () => {
  const logits = tf.zeros([1, 8]) as Tensor2D;
  for (const labelSmoothing of [0, 0.3]) {
    const [loss] = numbers(softmaxCrossEntropy(logits, int([5]), tf.ones([1]), { labelSmoothing }));
    expect(loss).toBeCloseTo(Math.log(8), 6);
  }
});

test("large logits do not overflow", () => {
  const logits = tf.tensor2d([[1000, 0, -1000]]) as Tensor2D;
  expect(numbers(softmaxCrossEntropy(logits, int([0]), tf.ones([1])))[0]).toBeCloseTo(0, 6);
  expect(numbers(softmaxCrossEntropy(logits, int([2]), tf.ones([1])))[0]).toBeCloseTo(2000, 3);
});

test("a target outside the vocabulary is refused by row, id and vocabulary, and a row of weight 0 may hold any", () => {
  const logits = tf.zeros([3, 4]) as Tensor2D;
  for (const id of [-1, 4, -100, 2 ** 31 - 1]) {
    const losses = () => softmaxCrossEntropy(logits, int([id, 3, id]), tf.tensor1d([0, 1, 0.5]));
    expect(losses).toThrow(`the target of row 2 should be an id in [0, 4), got ${id}`);
    expect(() => valueAndGradients(() => tf.sum(losses()), { logits })).toThrow("the target of row 2");
    expect(numbers(softmaxCrossEntropy(logits, int([id, 3, id]), tf.tensor1d([0, 1, 0])))).toEqual([
      0,
      Math.fround(Math.log(4)),
      0,
    ]);
  }
});

test("shapes that do not fit are refused", () => {
  expect(() => softmaxCrossEntropy(tf.zeros([2, 3]) as Tensor2D, int([0]), tf.ones([2]))).toThrow("axis R of targets");
});
