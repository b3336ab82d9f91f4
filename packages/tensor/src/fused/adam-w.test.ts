import "@tensorflow/tfjs-backend-cpu";
import { expect, test } from "vitest";
import { type Tensor, tf } from "../tf.ts";
import { type AdamWInput, type AdamWTensors, adamWUpdate } from "./adam-w.ts";

const numbers = (tensor: unknown) => Array.from((tensor as Tensor).dataSync());
const options = { learningRate: 0.1, beta1: 0.9, beta2: 0.99, epsilon: 1e-8, gradientScale: 1 };
const weightDecay = 0.01;
const corrections = (step: number) => ({ correction1: 1 - 0.9 ** step, correction2: 1 - 0.99 ** step });

const updateOf = (one: AdamWInput) => adamWUpdate([one], { ...options, ...corrections(1) }) as [AdamWTensors];

test("50 steps on a quadratic follow the float64 recurrence", () => {
  let state: AdamWTensors = { parameter: tf.tensor1d([1, -2]), m: tf.zeros([2]), v: tf.zeros([2]) };
  const exact = [1, -2].map((parameter) => ({ parameter, m: 0, v: 0 }));
  for (let step = 1; step <= 50; step++) {
    const gradient = tf.mul(state.parameter, 2);
    [state] = adamWUpdate([{ ...state, gradient, weightDecay }], { ...options, ...corrections(step) }) as [
      AdamWTensors,
    ];
    const { correction1, correction2 } = corrections(step);
    for (const one of exact) {
      const g = 2 * one.parameter;
      one.m = 0.9 * one.m + 0.1 * g;
      one.v = 0.99 * one.v + 0.01 * g * g;
      const direction = one.m / correction1 / (Math.sqrt(one.v / correction2) + 1e-8);
      one.parameter = (1 - 0.1 * 0.01) * one.parameter - 0.1 * direction;
    }
  }
  numbers(state.parameter).forEach((value, index) => {
    expect(value).toBeCloseTo(exact[index]!.parameter, 5);
  });
});

test("the first step moves each element by the learning rate against its gradient's sign", () => {
  const parameter = tf.zeros([3]);
  const inputs = { parameter, gradient: tf.tensor1d([1e-3, -5, 40]), m: tf.zeros([3]), v: tf.zeros([3]) };
  const [{ parameter: next }] = updateOf({ ...inputs, weightDecay: 0 });
  const expected = [-0.1, 0.1, -0.1];
  numbers(next).forEach((value, index) => {
    expect(value).toBeCloseTo(expected[index]!, 5);
  });
});

test("weight decay is decoupled: with a gradient of 0 the parameter shrinks by η·λ and nothing else moves", () => {
  const inputs = { parameter: tf.tensor1d([2]), gradient: tf.zeros([1]), m: tf.zeros([1]), v: tf.zeros([1]) };
  const [{ parameter, m, v }] = updateOf({ ...inputs, weightDecay });
  expect(numbers(parameter)[0]).toBeCloseTo(2 * (1 - 0.001), 6);
  expect([numbers(m), numbers(v)]).toEqual([[0], [0]]);
});

test("parameters are updated together, each with its own decay, and what goes in is consumed", () => {
  const one = (value: number, decay: number): AdamWInput => ({
    parameter: tf.tensor1d([value]),
    gradient: tf.tensor1d([1]),
    m: tf.zeros([1]),
    v: tf.zeros([1]),
    weightDecay: decay,
  });
  const before = tf.memory().numTensors;
  const inputs = [one(2, 0), one(2, 1), one(-1, 0)];
  const outputs = adamWUpdate(inputs, { ...options, ...corrections(1) });
  expect(tf.memory().numTensors - before).toBe(9);
  expect(inputs.every(({ parameter, gradient }) => parameter.isDisposed && gradient.isDisposed)).toBe(true);
  [1.9, 1.7, -1.1].forEach((expected, index) => {
    expect(numbers(outputs[index]!.parameter)[0]).toBeCloseTo(expected, 5);
  });
  expect(adamWUpdate([], { ...options, ...corrections(1) })).toEqual([]);
});
