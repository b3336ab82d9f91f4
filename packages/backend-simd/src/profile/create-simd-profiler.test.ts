import { getKernel, getKernelsForBackend } from "@tensorflow/tfjs-core";
import { type KernelRecord, linear, type Tensor2D, tf } from "@trivium/tensor";
import fc from "fast-check";
import { beforeEach, expect, test } from "vitest";
import { createSimdBackend } from "../index.ts";

const simd = createSimdBackend({ name: "simd-profile-test", threads: 2 });
const MEBIBYTE = 2 ** 20;

beforeEach(() => simd.activate());

/** The records of what a function runs. */
function profiled(run: () => void): readonly KernelRecord[] {
  const session = simd.profile();
  try {
    tf.tidy(() => void run());
    return session.take().kernels;
  } finally {
    session.stop();
  }
}

test("a matrix product has its exact shape, transposes, provider and operations", () => {
  const size = fc.integer({ min: 1, max: 40 });
  fc.assert(
    fc.property(size, size, size, size, fc.boolean(), fc.boolean(), (batch, m, n, k, transposeA, transposeB) => {
      const a = tf.ones([batch, ...(transposeA ? [k, m] : [m, k])]);
      const b = tf.ones([batch, ...(transposeB ? [n, k] : [k, n])]);
      const records = profiled(() => tf.matMul(a, b, transposeA, transposeB));
      const products = records.flatMap((record) => record.products);
      tf.dispose([a, b]);
      expect(products.reduce((sum, { flops }) => sum + flops, 0)).toBe(2 * batch * m * n * k);
      expect(products[0]).toMatchObject({ n, k, transposeA, transposeB });
      expect(["wasm", simd.use().gemm]).toContain(products[0]!.provider);
      expect(products[0]!.m * products[0]!.batch).toBe(m * batch);
      const call = records.find(({ name }) => name === "BatchMatMul")!;
      expect(call).toMatchObject({ accelerated: true, outputs: [[batch, m, n]] });
      expect(call.bytes).toBe(4 * batch * (m * k + k * n + m * n));
    }),
  );
});

test("kernels come in order with their shapes, do not overlap, and hold their products", () => {
  const [x, w] = [tf.ones([5, 3]) as Tensor2D, tf.ones([3, 7]) as Tensor2D];
  const before = performance.now();
  const records = profiled(() => tf.sum(tf.reshape(linear(x, w), [35])));
  const after = performance.now();
  tf.dispose([x, w]);
  expect(records.map(({ name, outputs }) => [name, outputs])).toEqual([
    ["TriviumLinear", [[5, 7]]],
    ["Reshape", [[35]]],
    ["Sum", [[]]],
  ]);
  expect(records[0]!.inputs).toEqual({ x: [5, 3], weight: [3, 7] });
  expect(records.map(({ bytes }) => bytes)).toEqual([4 * (15 + 21 + 35), 0, 4 * 36]);
  const ends = records.map(({ startMs, durationMs }) => startMs + durationMs);
  expect([before, ...ends].every((end, index) => end <= (records[index]?.startMs ?? after))).toBe(true);
  for (const { startMs, durationMs, products } of records) {
    for (const product of products) {
      expect(product.startMs).toBeGreaterThanOrEqual(startMs);
      expect(product.startMs + product.durationMs).toBeLessThanOrEqual(startMs + durationMs);
    }
  }
});

test("what tfjs's own kernel had to do is told apart", () => {
  const x = tf.ones([4]);
  expect(profiled(() => tf.cumsum(x)).find(({ name }) => name === "Cumsum")).toMatchObject({ accelerated: false });
  x.dispose();
});

test("the peak is that of the time since it was last taken", () => {
  const session = simd.profile();
  const { liveBytes } = simd.use();
  tf.tidy(() => void tf.add(tf.zeros([MEBIBYTE]), 1));
  const first = session.take().peakBytes - liveBytes;
  tf.tidy(() => void tf.zeros([MEBIBYTE / 4]));
  const second = session.take().peakBytes - liveBytes;
  session.stop();
  expect(first).toBeGreaterThanOrEqual(8 * MEBIBYTE);
  expect(second).toBeGreaterThanOrEqual(MEBIBYTE);
  expect(second).toBeLessThan(2 * MEBIBYTE);
});

test("without a session the kernels are the very ones from before, and nothing is recorded", () => {
  const kernelsNow = () => new Map(getKernelsForBackend(simd.name).map((kernel) => [kernel.kernelName, kernel]));
  const before = kernelsNow();
  const session = simd.profile();
  expect(getKernel("Add", simd.name)).not.toBe(before.get("Add"));
  session.stop();
  session.stop();
  expect(kernelsNow()).toEqual(before);
  expect(getKernel("Add", simd.name)).toBe(before.get("Add"));
  tf.tidy(() => void tf.matMul(tf.ones([2, 2]), tf.ones([2, 2])));
  expect(session.take().kernels).toEqual([]);
});

test("a kernel that throws is no record, and the next one is", () => {
  const records = profiled(() => {
    expect(() => tf.engine().runKernel("Slice", { x: tf.ones([2]) }, { begin: [1], size: [5] })).toThrow();
    tf.neg(tf.ones([2]));
  });
  expect(records.map(({ name }) => name)).toContain("Neg");
  expect(records.map(({ name }) => name)).not.toContain("Slice");
});

test("a second session is refused while one runs", () => {
  const session = simd.profile();
  expect(() => simd.profile()).toThrow('a profile of "simd-profile-test" is taken already; stop it first');
  session.stop();
  simd.profile().stop();
});
