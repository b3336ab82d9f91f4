import "@tensorflow/tfjs-backend-cpu";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Tensor, type Tensor1D, tf } from "../tf.ts";
import { addNorm, layerNorm, rmsNorm } from "./norm.ts";

const numbers = (tensor: unknown) => Array.from((tensor as Tensor).dataSync());
const ones = (width: number) => tf.ones([width]) as Tensor1D;
const zeros = (width: number) => tf.zeros([width]) as Tensor1D;

test("GPT-2's ε, not the 1e-3 that tfjs's layer has by default, decides where the variance is small", () => {
  const x = tf.tensor2d([[0.001, -0.001]]);
  const [first] = numbers(layerNorm(x, ones(2), zeros(2), 1e-5));
  expect(first).toBeCloseTo(0.001 / Math.sqrt(1e-6 + 1e-5), 5);
  expect(Math.abs(first! - 0.001 / Math.sqrt(1e-6 + 1e-3))).toBeGreaterThan(0.2);
});

test("a constant row is normalised to the bias, not to NaN", () => {
  expect(numbers(layerNorm(tf.fill([1, 3], 7), ones(3), tf.tensor1d([1, 2, 3]), 1e-5))).toEqual([1, 2, 3]);
  expect(numbers(rmsNorm(tf.zeros([1, 3]), ones(3), 1e-6))).toEqual([0, 0, 0]);
});

test("adding a constant to a row changes the layer norm by rounding only, the RMS norm by more", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -8, max: 8 }), { minLength: 4, maxLength: 4 }), (values) => {
      fc.pre(new Set(values).size > 1);
      const x = tf.tensor2d([values]);
      const before = numbers(layerNorm(x, ones(4), zeros(4), 1e-5));
      const after = numbers(layerNorm(tf.add(x, 16), ones(4), zeros(4), 1e-5));
      after.forEach((value, index) => {
        expect(value).toBeCloseTo(before[index]!, 4);
      });
    }),
    { numRuns: 20 },
  );
  expect(numbers(rmsNorm(tf.tensor2d([[1, 2]]), ones(2), 0))).not.toEqual(
    numbers(rmsNorm(tf.tensor2d([[2, 3]]), ones(2), 0)),
  );
});

test("leading axes come back, and widths that do not fit are refused", () => {
  expect(layerNorm(tf.ones([2, 3, 4]), ones(4), zeros(4), 1e-5).shape).toEqual([2, 3, 4]);
  expect(() => layerNorm(tf.ones([2, 4]), ones(4), zeros(3), 1e-5)).toThrow("bias should be 4, not 3");
  expect(() => rmsNorm(tf.ones([2, 4]), ones(3), 1e-6)).toThrow("gain should be 4, not 3");
});

test("a residual sum and its norm are those of the two ops, in values and gradients", () => {
  const x = tf.tensor3d([0.5, -1, 2, 3, 0.25, -4], [1, 2, 3]);
  const [branch, gain, bias] = [tf.sin(x), tf.tensor1d([1, 2, 3]), tf.tensor1d([3, 2, 1])];
  const weights = tf.tensor3d([1, -2, 3, 0.5, 2, -1], [1, 2, 3]);
  const loss = (sum: Tensor, normalised: Tensor) =>
    tf.sum(tf.add(tf.mul(tf.exp(sum), 0.1), tf.mul(normalised, weights)));
  const inputs = [x, branch, gain, bias];
  const together = tf.valueAndGrads((a, b, g, c) => {
    const { sum, normalised } = addNorm(a!, b!, { gain: g as Tensor1D, bias: c as Tensor1D, epsilon: 1e-5 });
    return loss(sum, normalised);
  })(inputs);
  const apart = tf.valueAndGrads((a, b, g, c) => {
    const sum = tf.add(a!, b!);
    return loss(sum, layerNorm(sum, g as Tensor1D, c as Tensor1D, 1e-5));
  })(inputs);
  expect(numbers(together.value)).toEqual(numbers(apart.value));
  expect(together.grads.map(numbers)).toEqual(apart.grads.map(numbers));
  expect(() => addNorm(x, tf.ones([1, 3, 3]), { gain: gain as Tensor1D, epsilon: 1e-5 })).toThrow("branch");
});
