import { tf } from "@trivium/tensor";
import { describeBackend } from "@trivium/tensor/testing";
import { beforeEach, expect, test } from "vitest";
import { createTfjsNodeBackend, tfjsNode } from "./tfjs-node.ts";

describeBackend(tfjsNode);

beforeEach(async (context) => {
  const found = await tfjsNode.probe();
  context.skip(!found.available, found.available ? "" : found.reason);
  await tfjsNode.activate();
});

test("the numeric identity names libtensorflow's version, and the threads, on which bits depend", async () => {
  expect(await tfjsNode.numericIdentity?.()).toEqual({
    backend: "tfjs-node",
    tfjsNode: "4.22.0",
    libtensorflow: expect.stringMatching(/^\d+\.\d+\.\d+$/),
    threads: expect.stringMatching(/^\d+$/),
  });
});

test("another number of threads, or another place, is refused in a process that runs already", async () => {
  const { threads } = { ...(await tfjsNode.numericIdentity?.()) };
  const more = tfjsNode.withOptions?.({ threads: Number(threads) + 1, gemm: undefined });
  await expect(more?.activate()).rejects.toMatchObject({
    code: "tfjs-node/threads",
    message: `libtensorflow runs with ${threads} threads already, which a process cannot change; start another process for ${Number(threads) + 1}`,
  });
  await expect(tfjsNode.withOptions?.({ threads: Number(threads) }).activate()).resolves.toBeUndefined();
  await expect(createTfjsNodeBackend({ threads: Number(threads) }).activate()).resolves.toBeUndefined();
});

test("a profile has kernels in order with their shapes, products with their operations, and the peak of memory", () => {
  const [a, b] = [tf.ones([2, 3, 4]), tf.ones([2, 5, 4])];
  const session = tfjsNode.profile!();
  tf.tidy(() => void tf.relu(tf.matMul(a, b, false, true)));
  const { kernels, peakBytes } = session.take();
  session.stop();
  expect(kernels.map(({ name, outputs }) => [name, outputs])).toEqual([
    ["BatchMatMul", [[2, 3, 5]]],
    ["Relu", [[2, 3, 5]]],
  ]);
  const product = {
    provider: "libtensorflow",
    batch: 2,
    m: 3,
    n: 5,
    k: 4,
    transposeA: false,
    transposeB: true,
    flops: 240,
  };
  expect(kernels[0]).toMatchObject({ products: [product], bytes: 4 * (24 + 40 + 30), accelerated: true });
  expect(kernels[1]!.products).toEqual([]);
  expect(peakBytes).toBeGreaterThanOrEqual(4 * (24 + 40 + 30 + 30));
  tf.dispose([a, b]);
});
