import "@tensorflow/tfjs-backend-cpu";
import * as core from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { tf } from "./tf.ts";
import { valueAndGradients } from "./value-and-gradients.ts";

test("pitfall 32: gradients are registered in native ESM, without tfjs-layers or the union package", () => {
  for (const kernel of ["GatherV2", "BatchMatMul", "Softmax", "Erf", "Select", "Sum", "Conv2D", "MaxPool"]) {
    expect(tf.getGradient(kernel), kernel).toBeDefined();
  }
});

test("the gradients use tfjs-core's own engine and tensors, not a copy", () => {
  const gradient = tf.grad((x) => tf.sum(tf.mul(x, x)))(tf.tensor1d([3]));
  expect(gradient).toBeInstanceOf(core.Tensor);
  expect(gradient.constructor).toBe(core.Tensor);
  expect(Array.from(gradient.clone().dataSync())).toEqual([6]);
});

test("convolutions and pooling, which bring internals of their own, have gradients too", () => {
  const image = tf.ones([1, 4, 4, 1]) as tf.Tensor4D;
  const filter = tf.ones([2, 2, 1, 1]) as tf.Tensor4D;
  const loss = () => tf.sum(tf.maxPool(tf.conv2d(image, filter, 1, "valid"), 3, 1, "valid"));
  const { gradients } = valueAndGradients(loss, { image });
  expect(Array.from(tf.sum(gradients.image as tf.Tensor).dataSync())).toEqual([4]);
});
