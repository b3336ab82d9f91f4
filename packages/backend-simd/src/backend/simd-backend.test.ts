import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { fusedKernels, hasFusedKernel, layerNorm, tf } from "@trivium/tensor";
import { beforeEach, describe, expect, test } from "vitest";
import { kernels } from "../generated/kernels.ts";
import { createSimdBackend, type SimdBackend } from "../index.ts";

const MEBIBYTE = 2 ** 20;
const simd = createSimdBackend({ name: "simd-backend-test", poison: true });

beforeEach(() => simd.activate());

describe("values", () => {
  test("writes copy in and reads copy out into unshared buffers", async () => {
    const source = Float32Array.of(1, 2, 3);
    const x = tf.tensor(source);
    source[0] = 9;
    const [first, second] = [x.dataSync(), await x.data()];
    expect([...first]).toEqual([1, 2, 3]);
    expect(first.buffer).toBeInstanceOf(ArrayBuffer);
    expect(second.buffer).toBeInstanceOf(ArrayBuffer);
    first[0] = 7;
    expect([...x.dataSync()]).toEqual([1, 2, 3]);
    x.dispose();
  });

  test("strings, complex numbers and empty tensors come back as they went in", () => {
    tf.tidy(() => {
      expect(tf.tensor(["é", ""]).dataSync()).toEqual(["é", ""]);
      expect([...tf.complex([1, 2], [3, 4]).dataSync()]).toEqual([1, 3, 2, 4]);
      expect(tf.zeros([0, 3]).dataSync()).toEqual(new Float32Array(0));
      expect([...tf.tensor([true, false], [2], "bool").dataSync()]).toEqual([1, 0]);
    });
  });

  test("integers that are cast to floats are floats in memory too", () => {
    const sum = tf.tidy(() =>
      tf.add(tf.cast(tf.tensor([1, 2], [2], "int32"), "float32"), tf.tensor([0.5, 0.5])).dataSync(),
    );
    expect([...sum]).toEqual([1.5, 2.5]);
  });

  test("a tensor follows a program from cpu to simd and back, sharing and all", async () => {
    await tf.setBackend("cpu");
    const x = tf.tensor([1, 2, 3, 4]);
    const reshaped = tf.reshape(x, [2, 2]);
    const before = simd.use().liveBuffers;
    await simd.activate();
    expect(tf.tidy(() => [...tf.add(reshaped, 1).dataSync()])).toEqual([2, 3, 4, 5]);
    expect(simd.use().liveBuffers).toBe(before + 1);
    await tf.setBackend("cpu");
    expect(tf.tidy(() => [...tf.add(x, 2).dataSync()])).toEqual([3, 4, 5, 6]);
    expect(simd.use().liveBuffers).toBe(before);
    tf.dispose([x, reshaped]);
  });
});

test("whatever looks at memory waits for the job under way, which may be of tensors that are gone", async () => {
  const size = 2 ** 20;
  const two = createSimdBackend({ name: "simd-under-way", threads: 2 });
  await two.activate();
  const written = new Float32Array(size).fill(-1);
  for (let time = 0; time < 50; time++) {
    const x = tf.fill([size], time);
    const y = tf.add(x, 1);
    x.dispose();
    // It takes the memory of x.
    const z = tf.tensor(written);
    expect([...new Set(y.dataSync())]).toEqual([time + 1]);
    expect(tf.tidy(() => tf.max(z).dataSync()[0])).toBe(-1);
    tf.dispose([y, z]);
  }
});

describe("memory", () => {
  test("dispose returns memory at once, after the last tensor that shares it", () => {
    const before = simd.use();
    const x = tf.zeros([100, 100]);
    const flat = tf.reshape(x, [-1]);
    x.dispose();
    expect(simd.use().liveBytes).toBeGreaterThan(before.liveBytes);
    flat.dispose();
    expect(simd.use()).toMatchObject({ liveBytes: before.liveBytes, liveBuffers: before.liveBuffers });
  });

  test("tensors keep their values while the memory grows", () => {
    tf.tidy(() => {
      const x = tf.range(0, 1000);
      const { capacityBytes } = simd.use();
      const big = tf.ones([capacityBytes / 4]);
      expect(simd.use().capacityBytes).toBeGreaterThan(capacityBytes);
      expect(tf.sum(x).dataSync()[0]).toBe(499_500);
      expect(tf.sum(big).dataSync()[0]).toBe(capacityBytes / 4);
    });
  });

  test("pitfall 34: live tensors are constant over steps of a small training loop", () => {
    let weight = tf.randomNormal([8, 8], 0, 1, "float32", 1);
    const x = tf.randomNormal([16, 8], 0, 1, "float32", 2);
    const gradient = tf.grad((w) => tf.mean(tf.square(tf.matMul(x, w as tf.Tensor2D))));
    const counts = Array.from({ length: 10 }, () => {
      const next = tf.tidy(() => tf.sub(weight, tf.mul(gradient(weight), 0.01)));
      weight.dispose();
      weight = next;
      return { tensors: tf.memory().numTensors, buffers: simd.use().liveBuffers, bytes: simd.use().liveBytes };
    });
    expect(new Set(counts.slice(1).map((count) => JSON.stringify(count))).size).toBe(1);
    tf.dispose([weight, x]);
  });

  test("over the limit the error says how much was wanted by what, and the program can go on", async () => {
    const small = createSimdBackend({ name: "simd-small", memoryLimitBytes: 4 * MEBIBYTE });
    await small.activate();
    const before = small.use().liveBytes;
    const x = tf.ones([512, 1024]);
    expect(() => tf.tidy(() => tf.tile(x, [2, 2]))).toThrow(
      /^wanted 8388608 bytes for a float32 tensor \[1024, 2048\]; \d+ in use of limit 4194304/,
    );
    x.dispose();
    expect(small.use().liveBytes).toBe(before);
    expect(tf.tidy(() => tf.sum(tf.ones([512, 1024])).dataSync()[0])).toBe(512 * 1024);
  });

  test("what a program forgets comes back with the garbage collector, and is counted", () => {
    const script = fileURLToPath(new URL("../testing/forget-tensors.ts", import.meta.url));
    const output = execFileSync(process.execPath, ["--expose-gc", "--conditions", "@trivium/source", script], {
      encoding: "utf8",
    });
    expect(JSON.parse(output)).toEqual({ forgotten: 20, leakedBytes: 0, keptSum: 10 });
  });
});

test("every set of options needs its own name", () => {
  expect(() => createSimdBackend({ name: "simd" })).toThrow('tfjs has a backend named "simd" already');
});

test("both builds agree, and say which they are", async () => {
  const plain = createSimdBackend({ name: "simd-plain-only", build: "plain" });
  expect(simd.use().build).toBe("relaxed");
  const product = () => tf.tidy(() => tf.matMul(tf.ones([3, 5]), tf.ones([5, 2])).dataSync());
  const expected = product();
  await plain.activate();
  expect(plain.use().build).toBe("plain");
  expect(product()).toEqual(expected);
  expect(plain.acceleratedCalls()).toMatchObject({ BatchMatMul: 1, Tanh: 0 });
});

test("the numeric identity names the build and the bytes of the kernels, before the backend has started", async () => {
  const sha256 = (build: keyof typeof kernels) =>
    createHash("sha256").update(Buffer.from(kernels[build], "base64")).digest("hex").slice(0, 12);
  const plain = createSimdBackend({ name: "simd-identity", build: "plain", gemm: "wasm" });
  const shared = { backend: "simd-identity", gemm: "wasm", precision: "f32" };
  expect(await plain.numericIdentity?.()).toEqual({ ...shared, build: "plain", kernels: sha256("plain") });
  expect(await simd.numericIdentity?.()).toMatchObject({ build: simd.use().build, kernels: sha256(simd.use().build) });
  expect(sha256("relaxed")).not.toBe(sha256("plain"));
});

test("a poisoned backend has every kernel under its own name, and fresh memory is NaN", async () => {
  const poisoned = createSimdBackend({ name: "simd-poisoned", poison: true });
  await poisoned.activate();
  expect(Object.values(fusedKernels).filter((kernel) => !hasFusedKernel(kernel))).toEqual([]);
  tf.tidy(() => {
    expect([...layerNorm(tf.ones([2, 4]), tf.ones([4]), tf.zeros([4]), 1e-5).dataSync()]).toEqual(new Array(8).fill(0));
    const fresh = (tf.backend() as SimdBackend).allocate([3], "float32");
    expect([...tf.engine().makeTensorFromTensorInfo(fresh).dataSync()]).toEqual(new Array(3).fill(Number.NaN));
  });
  expect(poisoned.acceleratedCalls().TriviumNorm).toBe(1);
});
