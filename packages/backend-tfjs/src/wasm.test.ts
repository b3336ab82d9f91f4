import { embedding, type Tensor1D, type Tensor2D, tf, valueAndGradients } from "@trivium/tensor";
import { describeBackend } from "@trivium/tensor/testing";
import { expect, test } from "vitest";
import { createWasmBackend, wasm } from "./wasm.ts";

describeBackend(wasm);

test("pitfall 29: an embedding has a gradient, which sums where an id repeats", async () => {
  await wasm.activate();
  const table = tf.zeros([4, 2]) as Tensor2D;
  const ids = tf.tensor1d([3, 1, 3], "int32") as Tensor1D;
  const { gradients } = valueAndGradients(() => tf.sum(embedding(table, ids)), { table });
  expect(Array.from((gradients.table as Tensor2D).dataSync())).toEqual([0, 0, 1, 1, 0, 0, 2, 2]);
});

test("a segment id out of range is left out, as on cpu", async () => {
  await wasm.activate();
  const ids = tf.tensor1d([-1, 0, 7], "int32") as Tensor1D;
  const sums = tf.unsortedSegmentSum(tf.tensor1d([1, 2, 4]), ids, 2);
  expect(Array.from(sums.dataSync())).toEqual([2, 0]);
});

test("activating again, from another plugin value too, keeps working", async () => {
  await createWasmBackend().activate();
  await wasm.activate();
  expect(Array.from(tf.oneHot(tf.tensor1d([1], "int32"), 2, 1, 0, "float32").dataSync())).toEqual([0, 1]);
});
