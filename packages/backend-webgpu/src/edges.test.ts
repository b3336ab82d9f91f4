import {
  activation,
  adamWUpdate,
  dropout,
  layerNorm,
  linear,
  linears,
  softmaxCrossEntropy,
  squaredNorms,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  tf,
  valueAndGradients,
  writeSlots,
} from "@trivium/tensor";
import { beforeAll, expect, test } from "vitest";
import { useSoftwareDevice } from "./testing/software-device.ts";
import { webgpuFused } from "./webgpu-fused.ts";

useSoftwareDevice();
const found = await webgpuFused.probe();

beforeAll(async () => {
  if (found.available) await webgpuFused.activate();
});

/** Skips with what is missing where there is no device. */
const onDevice = (title: string, run: () => Promise<void>): void =>
  void test(title, async (context) => {
    context.skip(!found.available, found.available ? "" : found.reason);
    await run();
  });

const numbers = async (tensor: Tensor): Promise<number[]> => Array.from(await tensor.data());

/** Numbers that are no multiples of one another's rounding. */
const drawn = (shape: number[]): Tensor =>
  tf.tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, at) => Math.sin(1 + at)),
    shape,
  );

onDevice("without rows outputs are empty, and the gradients of parameters are zeros", async () => {
  const parameters = { weight: drawn([3, 2]), bias: drawn([2]), gain: drawn([2]) };
  const x = tf.zeros([0, 3]);
  const loss = () => {
    const y = linear(x, parameters.weight as Tensor2D, parameters.bias as Tensor1D, { activation: "gelu" });
    const normalised = layerNorm(y, parameters.gain as Tensor1D, parameters.bias as Tensor1D, 1e-5);
    // tfjs's sum takes no empty tensor on WebGPU.
    return tf.sum(tf.concat([normalised, tf.ones([1, 2])]));
  };
  const { value, gradients } = valueAndGradients(loss, parameters);
  expect(await numbers(value)).toEqual([2]);
  for (const gradient of Object.values(gradients)) {
    expect((await numbers(gradient as Tensor)).every((one) => one === 0)).toBe(true);
  }
  const losses = softmaxCrossEntropy(tf.zeros([0, 5]), tf.zeros([0], "int32"), tf.zeros([0]));
  expect(losses.shape).toEqual([0]);
  expect(await numbers(squaredNorms([tf.zeros([0]), tf.tensor1d([3, 4])]))).toEqual([0, 25]);
});

onDevice("products are right around the size of a tile, with one row and with many", async () => {
  for (const [m, k, n] of [
    [1, 1, 1],
    [1, 37, 33],
    [31, 16, 32],
    [33, 17, 65],
    [65, 1, 31],
  ] as const) {
    const [x, weight] = [drawn([m, k]), drawn([k, n])] as [Tensor2D, Tensor2D];
    const [y, again] = linears(x, [{ weight }, { weight }]);
    const [a, b] = [await numbers(x), await numbers(weight)];
    const expected = Array.from({ length: m * n }, (_, at) => {
      const [row, column] = [Math.floor(at / n), at % n];
      return Array.from({ length: k }, (_, step) => a[row * k + step]! * b[step * n + column]!).reduce(
        (s, v) => s + v,
        0,
      );
    });
    for (const got of [await numbers(y!), await numbers(again!)]) {
      const worst = Math.max(...got.map((value, at) => Math.abs(value - expected[at]!)));
      expect(worst, `[${m}, ${k}] · [${k}, ${n}]`).toBeLessThan(1e-5);
    }
  }
});

onDevice("more workgroups than one dimension takes are folded, and none is left out", async () => {
  const size = 65_536 * 64 + 3;
  const y = activation(tf.fill([size], 3), "relu") as Tensor1D;
  expect(await numbers(tf.concat([tf.slice1d(y, 65_535 * 64 - 1, 2), tf.slice1d(y, size - 2, 2)]))).toEqual([
    3, 3, 3, 3,
  ]);
});

onDevice("a tensor that the device cannot bind is refused before anything is computed", async () => {
  const tooLarge = tf.fill([2], 1);
  const { device } = tf.backend() as unknown as { device: GPUDevice };
  const elements = Math.floor(device.limits.maxStorageBufferBindingSize / 4) + 1;
  expect(() => tf.tile(tooLarge, [elements])).toThrow(/take smaller batches/);
});

onDevice("an update leaves data that something else holds as it is, and slots too", async () => {
  const original = tf.tensor1d([1, 2]);
  const held = tf.reshape(original, [2, 1]);
  const rates = {
    learningRate: 0.1,
    beta1: 0.9,
    beta2: 0.9,
    epsilon: 1e-8,
    correction1: 0.1,
    correction2: 0.1,
    gradientScale: 1,
  };
  const tensors = { parameter: original, gradient: tf.ones([2]), m: tf.zeros([2]), v: tf.zeros([2]), weightDecay: 0 };
  const [updated] = adamWUpdate([tensors], rates);
  expect(await numbers(held)).toEqual([1, 2]);
  expect((await numbers(updated!.parameter)).map((one) => Math.round(10 * one))).toEqual([9, 19]);
  const storage = tf.tensor2d([[1], [2], [3]]);
  const kept = tf.reshape(storage, [3]);
  const written = writeSlots(storage, tf.tensor2d([[8], [9]]), [0, 1, 2, 1]);
  expect(await numbers(written)).toEqual([8, 2, 9]);
  expect(await numbers(kept)).toEqual([1, 2, 3]);
});

onDevice("a number that was read is read anew after it was updated in place", async () => {
  const storage = tf.add(tf.tensor2d([[1], [2]]), 0) as Tensor2D;
  expect(await numbers(storage)).toEqual([1, 2]);
  expect(await numbers(writeSlots(storage, tf.tensor2d([[5]]), [1, 1]))).toEqual([1, 5]);
});

onDevice("the same elements are dropped whatever the shape", async () => {
  const [flat, square] = [
    dropout(tf.ones([64]), { rate: 0.5, seed: 3 }),
    dropout(tf.ones([8, 8]), { rate: 0.5, seed: 3 }),
  ];
  expect(await numbers(flat)).toEqual(await numbers(square));
});

onDevice("Node.js refuses to read within a function, and says how to read", async () => {
  const y = activation(tf.tensor1d([2, 3]), "relu");
  expect(() => y.dataSync()).toThrow("use await tensor.data()");
  expect(await numbers(y)).toEqual([2, 3]);
});

// The last one: a device that failed is not used again.
onDevice("an error of the device, which it tells of later, is thrown by what reads or computes next", async () => {
  const { device } = tf.backend() as unknown as { device: GPUDevice };
  const y = activation(tf.tensor1d([1, 2]), "relu");
  device.createBuffer({ size: 4, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.MAP_WRITE });
  await expect(y.data()).rejects.toMatchObject({ code: "webgpu/device" });
  expect(() => activation(tf.tensor1d([1, 2]), "tanh")).toThrow("the graphics device failed");
});
