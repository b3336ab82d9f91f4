import "@tensorflow/tfjs-backend-cpu";
import { beforeAll, expect, test } from "vitest";
import { type Tensor4D, tf } from "../tf.ts";
import { writeSlots } from "./write-slots.ts";

beforeAll(async () => void (await tf.setBackend("cpu")));

test("the slots stand where they were written, and all else is as it was", () => {
  const storage = tf.tensor4d([1, 2, 3, 4, 5, 6], [2, 1, 3, 1]);
  const written = writeSlots(storage, tf.tensor4d([10, 20], [2, 1, 1, 1]), 1);
  expect([...written.dataSync()]).toEqual([1, 10, 3, 4, 20, 6]);
  expect(storage.isDisposed).toBe(true);
});

test("slots that do not fit are refused, and the storage stays", () => {
  const storage = tf.zeros([1, 1, 3, 2]) as Tensor4D;
  const slots = tf.zeros([1, 1, 2, 2]) as Tensor4D;
  expect(() => writeSlots(storage, slots, 2)).toThrow("slots 2 to 3 should lie within the 3");
  expect(() => writeSlots(storage, tf.zeros([1, 1, 2, 3]) as Tensor4D, 0)).toThrow();
  expect(storage.isDisposed).toBe(false);
});
