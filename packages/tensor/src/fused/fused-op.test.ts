import "@tensorflow/tfjs-backend-cpu";
import { afterEach, expect, test } from "vitest";
import { type Tensor, tf } from "../tf.ts";
import { valueAndGradients } from "../value-and-gradients.ts";
import type { FusedKernel } from "./fused-kernel.ts";
import { defineFusedOp, hasFusedKernel } from "./fused-op.ts";

const numbers = (tensor: unknown) => Array.from((tensor as Tensor).dataSync());

// Twice the input; the "kernel" gives itself away by a gradient of 5, which composed ops would not have.
const doubling = {
  name: "TestDouble",
  family: "test",
  inputs: { x: "float32" },
  attributes: {},
  outputs: ["y"],
  gradient: { of: ["y"], saves: [] },
} as const satisfies FusedKernel;
const double = defineFusedOp(doubling, {
  composed: ({ x }) => tf.mul(x, 2),
  backward: ([dy]) => ({ x: () => tf.mul(dy, 5) }),
});
const registerDouble = () =>
  tf.registerKernel({
    kernelName: "TestDouble",
    backendName: "cpu",
    kernelFunc: ({ inputs }) => tf.mul(inputs.x as Tensor, 2),
  });

afterEach(() => {
  if (hasFusedKernel(doubling)) tf.unregisterKernel("TestDouble", "cpu");
});

const gradientOfDouble = () => {
  const x = tf.tensor1d([3]);
  const { value, gradients } = valueAndGradients(() => tf.sum(double({ x }, {})[0] as Tensor), { x });
  return [numbers(value), numbers(gradients.x)];
};

test("without a kernel of that name the composed ops run, and tfjs differentiates them", async () => {
  await tf.setBackend("cpu");
  expect(hasFusedKernel(doubling)).toBe(false);
  expect(gradientOfDouble()).toEqual([[6], [2]]);
});

test("with a kernel of that name it runs, and its own gradient with it", async () => {
  await tf.setBackend("cpu");
  registerDouble();
  expect(hasFusedKernel(doubling)).toBe(true);
  expect(gradientOfDouble()).toEqual([[6], [5]]);
});

test("the composed ops leave nothing but their output", async () => {
  await tf.setBackend("cpu");
  const x = tf.tensor1d([1]);
  const before = tf.memory().numTensors;
  const [output] = double({ x }, {});
  expect(tf.memory().numTensors - before).toBe(1);
  tf.dispose([x, output as Tensor]);
});

test("no zeros are made for the gradients of a kernel's statistics", async () => {
  await tf.setBackend("cpu");
  const shapes: number[][] = [];
  const statistic = {
    ...doubling,
    name: "TestStatistic",
    outputs: ["y", "statistic"],
    gradient: { of: ["y"], saves: ["statistic"] },
  } as const;
  const withStatistic = defineFusedOp(statistic, {
    composed: ({ x }) => tf.mul(x, 2),
    backward(dys) {
      shapes.push(...dys.map((dy) => dy.shape));
      return { x: () => tf.mul(dys[0], 2) };
    },
  });
  tf.registerKernel({
    kernelName: "TestStatistic",
    backendName: "cpu",
    kernelFunc: ({ inputs }) => [tf.mul(inputs.x as Tensor, 2), tf.zeros([1000])],
  });
  const x = tf.tensor1d([3]);
  const { gradients } = valueAndGradients(() => tf.sum(withStatistic({ x }, {})[0] as Tensor), { x });
  expect(numbers(gradients.x)).toEqual([2]);
  expect(shapes).toEqual([[1], []]);
  tf.unregisterKernel("TestStatistic", "cpu");
});

test("an op without composed ops says that the backend has no kernel for it", async () => {
  await tf.setBackend("cpu");
  const alone = defineFusedOp({ ...doubling, name: "TestAlone" }, {});
  expect(() => tf.tidy(() => alone({ x: tf.ones([1]) }, {})[0])).toThrow('backend "cpu" has no kernel "TestAlone"');
});

test("inputs that are missing are not given to a kernel, and a list is given as one", async () => {
  await tf.setBackend("cpu");
  const given: unknown[] = [];
  const register = (kernelName: string) =>
    tf.registerKernel({
      kernelName,
      backendName: "cpu",
      kernelFunc({ inputs }) {
        given.push(Array.isArray(inputs) ? inputs.length : Object.keys(inputs));
        return tf.zeros([1]);
      },
    });
  const optional = { ...doubling, name: "TestOptional", inputs: { x: "float32", bias: "float32?" } } as const;
  const list = { ...doubling, name: "TestList", inputs: "float32[]" } as const;
  for (const { name } of [optional, list]) register(name);
  tf.tidy(() => {
    const x = tf.ones([1]);
    defineFusedOp(optional, {})({ x, bias: undefined }, {});
    defineFusedOp(optional, {})({ x, bias: x }, {});
    return defineFusedOp(list, {})([x, x, x], {})[0];
  });
  expect(given).toEqual([["x"], ["x", "bias"], 3]);
  for (const { name } of [optional, list]) tf.unregisterKernel(name, "cpu");
});
