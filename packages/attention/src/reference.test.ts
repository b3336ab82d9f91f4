import "@tensorflow/tfjs-backend-cpu";
import { causal, custom, full } from "@trivium/masks";
import { type Scalar, type Tensor2D, type Tensor4D, tf } from "@trivium/tensor";
import { beforeAll, expect, test } from "vitest";
import type { AttentionBias } from "./attention-kernel.ts";
import { reference } from "./reference.ts";
import { describeKernel } from "./testing.ts";

const activate = async (): Promise<void> => void (await tf.setBackend("cpu"));
beforeAll(activate);

describeKernel(reference(), { label: "reference on cpu", activate });

const kernel = reference();
const normal = (...shape: [number, number, number, number]): Tensor4D => tf.randomNormal(shape, 0, 1, "float32", 9);

test("a mask is lowered once for all layers that use it, and again for another size", () => {
  let asked = 0;
  const mask = custom("counting", () => ++asked > 0);
  tf.tidy(() => {
    const layer = (length: number) => normal(1, 2, length, 4);
    for (let index = 0; index < 3; index++) kernel.attend({ query: layer(5), key: layer(5), value: layer(5), mask });
    expect(asked).toBe(25);
    kernel.attend({ query: layer(2), key: layer(5), value: layer(5), mask });
    expect(asked).toBe(35);
  });
});

test("pitfall 19: a table that two layers share gets both gradients, and cross-attention without a bias adds none", () => {
  tf.tidy(() => {
    const [query, key, value] = [normal(1, 2, 6, 4), normal(1, 2, 6, 4), normal(1, 2, 6, 4)];
    const positions = [[0, 1, 2, 3, 4, 5]];
    const biasOf = (table: Tensor2D): AttentionBias => ({
      kind: "relative",
      table,
      bidirectional: false,
      maxDistance: 8,
      queryPositions: positions,
      keyPositions: positions,
    });
    const table = tf.randomNormal<tf.Rank.R2>([6, 2], 0, 1, "float32", 3);
    const layer = (table: Tensor2D) =>
      tf.sum(tf.square(kernel.attend({ query, key, value, mask: causal(), bias: biasOf(table) })));
    const once = tf.grad((one) => layer(one as Tensor2D))(table);
    const twice = tf.grad((one) => tf.add(layer(one as Tensor2D), layer(one as Tensor2D)))(table);
    expect([...twice.dataSync()]).toEqual([...once.dataSync()].map((value) => expect.closeTo(2 * value, 5)));
    const cross = kernel.attend({ query, key, value, mask: full() });
    const zeroBias: AttentionBias = { kind: "dense", values: tf.zeros([1, 1, 6, 6]) };
    expect([...kernel.attend({ query, key, value, mask: full(), bias: zeroBias }).dataSync()]).toEqual([
      ...cross.dataSync(),
    ]);
  });
});

test("query heads share the keys of their own group: heads 0 and 1 the first, heads 2 and 3 the second", () => {
  tf.tidy(() => {
    const query = normal(1, 4, 3, 2);
    const key = normal(1, 2, 3, 2);
    const value = tf.concat([tf.fill([1, 1, 3, 2], 10), tf.fill([1, 1, 3, 2], 20)], 1) as Tensor4D;
    const output = kernel.attend({ query, key, value, mask: full() });
    const perHead = [...tf.mean(output, [0, 2, 3]).dataSync()];
    expect(perHead).toEqual([10, 10, 20, 20].map((mean) => expect.closeTo(mean, 4)));
  });
});

test("gradients flow to a bias that every head and row shares", () => {
  tf.tidy(() => {
    const [query, key, value] = [normal(2, 2, 3, 2), normal(2, 2, 3, 2), normal(2, 2, 3, 2)];
    const loss = (values: tf.Tensor) =>
      tf.sum(
        tf.square(
          kernel.attend({ query, key, value, mask: full(), bias: { kind: "dense", values: values as Tensor4D } }),
        ),
      );
    const gradient = tf.grad(loss as (x: tf.Tensor) => Scalar)(tf.zeros([1, 1, 3, 3]));
    expect(gradient.shape).toEqual([1, 1, 3, 3]);
    // Softmax does not change when a row of logits is shifted.
    expect([...tf.sum(gradient, 3).dataSync()]).toEqual([0, 0, 0].map((zero) => expect.closeTo(zero, 5)));
  });
});
