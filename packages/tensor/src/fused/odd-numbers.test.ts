import "@tensorflow/tfjs-backend-cpu";
import { beforeAll, describe, expect, test } from "vitest";
import { factoredCrossEntropy } from "../factored-cross-entropy.ts";
import { type Tensor, type Tensor1D, type Tensor2D, type Tensor4D, tf } from "../tf.ts";
import { valueAndGradients } from "../value-and-gradients.ts";
import { activation } from "./activation.ts";
import { dropout } from "./dropout.ts";
import { linearCrossEntropy } from "./linear-cross-entropy.ts";
import { maskedSoftmax } from "./masked-softmax.ts";
import { softmaxCrossEntropy } from "./softmax-cross-entropy.ts";

const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;
const numbers = (tensor: unknown) => Array.from((tensor as Tensor).dataSync());
const int = (values: number[]) => tf.tensor1d(values, "int32") as Tensor1D;

const lossAndGradient = (losses: (logits: Tensor2D) => Tensor, logits: Tensor2D) => {
  const { value, gradients } = valueAndGradients(() => tf.sum(losses(logits)), { logits });
  return { loss: numbers(value)[0], gradient: numbers(gradients.logits) };
};

describe("composed ops select, and never multiply by 0", () => {
  beforeAll(() => tf.setBackend("cpu"));

  test("a logit of −∞ has probability 0 in a cross-entropy", () => {
    const logits = tf.tensor2d([[1, 2, -infinity]]) as Tensor2D;
    const { loss, gradient } = lossAndGradient((x) => softmaxCrossEntropy(x, int([1]), tf.ones([1])), logits);
    expect(loss).toBeCloseTo(Math.log(1 + Math.exp(-1)), 6);
    expect(gradient[2]).toBe(0);
    expect(gradient[0]).toBeCloseTo(1 / (1 + Math.E), 6);
    expect(gradient[1]).toBeCloseTo(-1 / (1 + Math.E), 6);
  });

  test("a target of −∞ costs ∞, and its gradient is finite", () => {
    const logits = tf.tensor2d([[1, 1, -infinity]]) as Tensor2D;
    const { loss, gradient } = lossAndGradient((x) => softmaxCrossEntropy(x, int([2]), tf.ones([1])), logits);
    expect(loss).toBe(infinity);
    expect(gradient).toEqual([0.5, 0.5, -1]);
  });

  test("a normaliser whose square overflows costs nothing without z-loss", () => {
    const losses = softmaxCrossEntropy(tf.tensor2d([[1e30, 0]]) as Tensor2D, int([0]), tf.ones([1]));
    expect(numbers(losses)).toEqual([0]);
  });

  test.each([nan, infinity, -infinity])("a row of weight 0 that holds %s has loss and gradient 0", (odd) => {
    const logits = tf.tensor2d([
      [odd, odd, odd],
      [1, 2, 3],
    ]) as Tensor2D;
    const weights = tf.tensor1d([0, 1]);
    const options = { labelSmoothing: 0.1, zLoss: 0.01 };
    const { loss, gradient } = lossAndGradient((x) => softmaxCrossEntropy(x, int([7, 0]), weights, options), logits);
    expect(Number.isFinite(loss)).toBe(true);
    expect(gradient.slice(0, 3)).toEqual([0, 0, 0]);
    expect(gradient.every(Number.isFinite)).toBe(true);
  });

  test.each([linearCrossEntropy, factoredCrossEntropy])(
    "states of weight 0 that are NaN leave no trace: %o",
    (losses) => {
      const states = tf.tensor2d([
        [nan, infinity],
        [1, 2],
      ]) as Tensor2D;
      const weight = tf.tensor2d([
        [1, 2, 3],
        [0, 1, 0],
      ]) as Tensor2D;
      const run = () =>
        tf.sum(losses({ states, head: { weight, transpose: false } }, int([0, 1]), tf.tensor1d([0, 1])));
      const { value, gradients } = valueAndGradients(run, { states, weight });
      expect(Number.isFinite(numbers(value)[0])).toBe(true);
      expect(numbers(gradients.states).slice(0, 2)).toEqual([0, 0]);
      expect([...numbers(gradients.weight), ...numbers(gradients.states)].every(Number.isFinite)).toBe(true);
    },
  );

  test("hidden scores have no influence, scores of −∞ are hidden, and a row of them is 0", () => {
    const scores = tf.tensor4d([nan, 1, -infinity, -infinity, -infinity, infinity], [1, 1, 2, 3]) as Tensor4D;
    const visible = tf.tensor4d([0, 1, 1, 1, 1, 0], [1, 1, 2, 3], "bool") as Tensor4D;
    expect(numbers(maskedSoftmax({ scores, visible, scale: 1 }))).toEqual([0, 1, 0, 0, 0, 0]);
  });

  test("what is dropped is 0, infinite or not", () => {
    const dropped = numbers(dropout(tf.fill([64], infinity), { rate: 0.5, seed: 3 }));
    expect(new Set(dropped)).toEqual(new Set([0, infinity]));
  });

  test.each(["gelu", "gelu-tanh", "silu"] as const)(
    "%s has its limits at the infinities, and so has its slope",
    (name) => {
      const x = tf.tensor1d([-infinity, infinity, nan]);
      expect(numbers(activation(x, name))).toEqual([0, infinity, nan]);
      const { gradients } = valueAndGradients(() => tf.sum(activation(x, name)), { x });
      expect(numbers(gradients.x)).toEqual([0, 1, nan]);
    },
  );
});
