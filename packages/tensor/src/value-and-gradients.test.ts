import "@tensorflow/tfjs-backend-cpu";
import { expect, test, vi } from "vitest";
import { type Tensor, tf } from "./tf.ts";
import { valueAndGradients } from "./value-and-gradients.ts";

const numbers = (tensor: unknown) => Array.from((tensor as Tensor).dataSync());

test("returns the loss and a tree of gradients of the same shape", () => {
  const parameters = { a: tf.scalar(3), deep: { b: tf.tensor1d([1, 2]) } };
  const { value, gradients, unreached } = valueAndGradients(
    () => tf.mul(tf.square(parameters.a), tf.sum(parameters.deep.b)),
    parameters,
  );
  expect(numbers(value)).toEqual([27]);
  expect(numbers(gradients.a)).toEqual([18]);
  expect(numbers((gradients.deep as { b: Tensor }).b)).toEqual([9, 9]);
  expect(unreached).toEqual([]);
});

test("a parameter that the loss does not reach gets zeros and is named", () => {
  const parameters = { used: tf.scalar(2), idle: { w: tf.tensor2d([[1, 2]]) } };
  const { gradients, unreached } = valueAndGradients(() => tf.square(parameters.used), parameters);
  expect(unreached).toEqual(["idle.w"]);
  expect(numbers((gradients.idle as { w: Tensor }).w)).toEqual([0, 0]);
  expect((gradients.idle as { w: Tensor }).w.shape).toEqual([1, 2]);
});

test("a loss that reaches no parameter has zeros for all", () => {
  const parameters = { w: tf.scalar(2) };
  const { value, gradients, unreached } = valueAndGradients(() => tf.scalar(5), parameters);
  expect([numbers(value), numbers(gradients.w), unreached]).toEqual([[5], [0], ["w"]]);
});

test("a tensor that stands twice in the tree has its whole gradient in both places", () => {
  const shared = tf.scalar(2);
  const { gradients } = valueAndGradients(() => tf.square(shared), { one: shared, two: shared });
  expect([numbers(gradients.one), numbers(gradients.two)]).toEqual([[4], [4]]);
});

test("a gradient of a gradient is exact where an op has saved its output, which tfjs's own takes for a constant", () => {
  const x = tf.scalar(0.3);
  const first = tf.grad((at) => tf.square(tf.tanh(at)));
  const { gradients } = valueAndGradients(() => tf.square(first(x)), { x });
  const t = Math.tanh(0.3);
  const [d1, d2] = [2 * t * (1 - t * t), 2 * (1 - t * t) * (1 - 3 * t * t)];
  expect(numbers(gradients.x)[0]).toBeCloseTo(2 * d1 * d2, 5);
});

test("what ops save is no op, and is given back", () => {
  const x = tf.tensor1d([1, 2]);
  const identity = vi.spyOn(tf.getKernel("Identity", "cpu"), "kernelFunc");
  const before = tf.memory().numTensors;
  const { value, gradients } = valueAndGradients(() => tf.sum(tf.tanh(tf.mul(x, tf.sin(x)))), { x });
  expect(identity).not.toHaveBeenCalled();
  identity.mockRestore();
  tf.dispose([value, gradients as never]);
  expect(tf.memory().numTensors).toBe(before);
});

test("a loss that is no scalar is refused with its shape", () => {
  const parameters = { w: tf.tensor1d([1, 2]) };
  expect(() => valueAndGradients(() => tf.square(parameters.w), parameters)).toThrow(
    "a loss is a scalar, got shape [2]",
  );
});

test("only the value and the gradients outlive the call", () => {
  const parameters = { w: tf.tensor1d([1, 2]), idle: tf.scalar(0) };
  const before = tf.memory().numTensors;
  const { value, gradients } = valueAndGradients(() => tf.sum(tf.exp(tf.square(parameters.w))), parameters);
  expect(tf.memory().numTensors - before).toBe(3);
  tf.dispose([value, gradients.w as Tensor, gradients.idle as Tensor]);
  expect(tf.memory().numTensors).toBe(before);
});

test("the backward pass frees what it has left behind, whatever is passed on as it is", () => {
  const parameters = { w: tf.tensor1d([0.5, -1, 2]), b: tf.tensor1d([1, 2, 3]) };
  const seen: number[] = [];
  const depth = 12;
  const passOn = tf.customGrad((x, save) => {
    (save as tf.GradSaveFunc)([x as Tensor]);
    return {
      value: tf.mul(x as Tensor, 1),
      gradFunc: (dy) => {
        seen.push(tf.memory().numTensors);
        return dy as Tensor;
      },
    };
  });
  const { value, gradients } = valueAndGradients(() => {
    let x: Tensor = parameters.w;
    // Each round uses x twice, so its gradient is a sum; `passOn` gives its own gradient on, and `add` to two inputs.
    for (let round = 0; round < depth; round++) x = tf.add(tf.sin(passOn(x)), tf.mul(x, parameters.b));
    return tf.sum(x);
  }, parameters);
  const free = tf.grads((w, b) => {
    let x: Tensor = w!;
    for (let round = 0; round < depth; round++) x = tf.add(tf.sin(x), tf.mul(x, b!));
    return tf.sum(x);
  })([parameters.w, parameters.b]);
  expect(numbers(gradients.w)).toEqual(numbers(free[0]));
  expect(numbers(gradients.b)).toEqual(numbers(free[1]));
  expect(seen).toHaveLength(depth);
  expect(seen.at(-1)!).toBeLessThan(seen[0]!);
  tf.dispose([value, gradients as never]);
});
