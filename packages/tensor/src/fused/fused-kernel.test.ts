import "@tensorflow/tfjs-backend-cpu";
import { afterEach, expect, test } from "vitest";
import { type Tensor, tf } from "../tf.ts";
import { valueAndGradients } from "../value-and-gradients.ts";
import { defineFusedOp, hasKernel } from "./fused-kernel.ts";

const numbers = (tensor: unknown) => Array.from((tensor as Tensor).dataSync());

// Twice the input; the "kernel" gives itself away by a gradient of 5, which composed ops would not have.
const double = defineFusedOp<{ x: Tensor }, Record<string, never>>({
  kernelName: "TestDouble",
  composed: ({ x }) => tf.mul(x, 2),
  gradient: { inputsToSave: [], outputsToSave: [], backward: (dy) => ({ x: () => tf.mul(dy as Tensor, 5) }) },
});
const registerDouble = () =>
  tf.registerKernel({
    kernelName: "TestDouble",
    backendName: "cpu",
    kernelFunc: ({ inputs }) => tf.mul(inputs.x as Tensor, 2),
  });

afterEach(() => {
  if (hasKernel("TestDouble")) tf.unregisterKernel("TestDouble", "cpu");
});

const gradientOfDouble = () => {
  const x = tf.tensor1d([3]);
  const { value, gradients } = valueAndGradients(() => tf.sum(double({ x }, {})[0] as Tensor), { x });
  return [numbers(value), numbers(gradients.x)];
};

test("without a kernel of that name the composed ops run, and tfjs differentiates them", async () => {
  await tf.setBackend("cpu");
  expect(hasKernel("TestDouble")).toBe(false);
  expect(gradientOfDouble()).toEqual([[6], [2]]);
});

test("with a kernel of that name it runs, and its own gradient with it", async () => {
  await tf.setBackend("cpu");
  registerDouble();
  expect(hasKernel("TestDouble")).toBe(true);
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
  const withStatistic = defineFusedOp<{ x: Tensor }, Record<string, never>>({
    kernelName: "TestStatistic",
    composed: ({ x }) => tf.mul(x, 2),
    gradient: {
      inputsToSave: [],
      outputsToSave: [false, true],
      backward(dys) {
        shapes.push(...(dys as Tensor[]).map((dy) => dy.shape));
        return { x: () => tf.mul((dys as Tensor[])[0]!, 2) };
      },
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
