import "@tensorflow/tfjs-backend-cpu";
import { expect, test } from "vitest";
import { tf } from "../tf.ts";
import { backendCases } from "./backend-cases.ts";
import { elementwise } from "./grid.ts";
import { floats } from "./input.ts";
import { checkForward, checkGradient, opCase } from "./op-case.ts";

// The suite must notice what is wrong, or it proves nothing about a backend.
const square = (run: (x: tf.Tensor) => tf.Tensor) =>
  opCase({
    op: "square",
    inputs: { x: floats([3]) },
    run: ({ x }) => run(x),
    oracle: ({ x }) => elementwise((v) => v * v, x),
  });

const wrongGradient = tf.customGrad((x, save) => {
  (save as tf.GradSaveFunc)([x as tf.Tensor]);
  return { value: tf.square(x as tf.Tensor), gradFunc: (dy: tf.Tensor, [saved]: tf.Tensor[]) => tf.mul(dy, saved!) };
});

test("names of cases are unique, since exemptions name them", () => {
  expect(new Set(backendCases.map(({ name }) => name)).size).toBe(backendCases.length);
});

test("a right op passes forward and gradient", async () => {
  await checkForward(square(tf.square));
  await checkGradient(square(tf.square));
});

test("a value off by a hundred-thousandth of its size is noticed", async () => {
  await expect(checkForward(square((x) => tf.add(tf.square(x), 3e-5)))).rejects.toThrow("square: element");
});

test("a wrong gradient, a missing one and a wrong shape are noticed", async () => {
  await expect(checkGradient(square((x) => wrongGradient(x)))).rejects.toThrow("square, d/dx: element");
  await expect(checkGradient(square((x) => tf.tensor(x.dataSync().map((v) => v * v))))).rejects.toThrow(
    "no gradient reaches x",
  );
  await expect(checkForward(square((x) => tf.reshape(tf.square(x), [3, 1])))).rejects.toThrow("expected shape [3]");
});
