import "@tensorflow/tfjs-backend-cpu";
import { beforeAll, expect, test } from "vitest";
import { type Tensor2D, tf } from "../tf.ts";
import { writeSlots } from "./write-slots.ts";

beforeAll(async () => void (await tf.setBackend("cpu")));

test("the slots stand where they were written, and all else is as it was", () => {
  const storage = tf.tensor2d([1, 2, 3, 4, 5, 6], [6, 1]);
  const written = writeSlots(storage, tf.tensor2d([10, 20, 30], [3, 1]), [4, 1, 0, 2]);
  expect([...written.dataSync()]).toEqual([20, 30, 3, 4, 10, 6]);
  expect(storage.isDisposed).toBe(true);
});

test("slots that do not fit are refused, and the storage stays", () => {
  const storage = tf.zeros([3, 2]) as Tensor2D;
  const slots = tf.zeros([2, 2]) as Tensor2D;
  expect(() => writeSlots(storage, slots, [2, 2])).toThrow("slots 2 to 3 should lie within the 3");
  expect(() => writeSlots(storage, slots, [0, 1])).toThrow("the runs should hold 2 slots, got 1");
  expect(() => writeSlots(storage, tf.zeros([2, 3]) as Tensor2D, [0, 2])).toThrow();
  expect(storage.isDisposed).toBe(false);
});
