import { fusedKernels, linearCrossEntropy, type Tensor, type Tensor1D, type Tensor2D, tf } from "@trivium/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import { createSimdBackend } from "../../index.ts";
import { LEAST_CHUNK } from "./linear-cross-entropy.ts";

const variants = [
  createSimdBackend({ name: "chunks-default", poison: true }),
  createSimdBackend({ name: "chunks-split", poison: true, splitUnits: 1, misalignBytes: 4 }),
  createSimdBackend({ name: "chunks-plain", poison: true, build: "plain" }),
];

describe.for(variants.map((variant) => [variant.name, variant] as const))("%s", ([, variant]) => {
  beforeAll(() => variant.activate());

  test("linear cross-entropy refuses a target outside the vocabulary, forward and backward, and leaves nothing behind", async () => {
    await variant.activate();
    const before = variant.use().liveBuffers;
    for (const id of [-1, 4, -100, 2 ** 31 - 1]) {
      tf.tidy(() => {
        const [states, head] = [tf.ones([2, 3]) as Tensor2D, tf.ones([3, 4]) as Tensor2D];
        const [targets, weights] = [tf.tensor1d([3, id], "int32"), tf.tensor1d([1, 2])];
        const message = `the target of row 1 should be an id in [0, 4), got ${id}`;
        expect(() =>
          linearCrossEntropy({ states, head: { weight: head, transpose: false } }, targets, weights),
        ).toThrow(message);
        const bias = tf.zeros([0]);
        const inputs = { states, head, bias, targets, weights, dLosses: tf.ones([2]), logSumExp: tf.zeros([2]) };
        const attributes = { labelSmoothing: 0, zLoss: 0, transposeHead: false };
        const backward = () => tf.engine().runKernel(fusedKernels.linearCrossEntropyGradient.name, inputs, attributes);
        expect(backward).toThrow(message);
      });
      expect(variant.use().liveBuffers).toBe(before);
    }
  });

  test("linear cross-entropy of a row of weight 0 has a loss and a gradient of exactly 0, whatever its target", async () => {
    await variant.activate();
    const vocabulary = LEAST_CHUNK + 3;
    const [losses, gradient] = tf.tidy(() => {
      const [states, head] = [tf.ones([2, 3]) as Tensor2D, tf.zeros([vocabulary, 3]) as Tensor2D];
      const [targets, weights] = [tf.tensor1d([-100, vocabulary - 1], "int32"), tf.tensor1d([0, 1])];
      const run = (x: Tensor) =>
        linearCrossEntropy({ states, head: { weight: x as Tensor2D, transpose: true } }, targets, weights);
      const ofStates = tf.grad((x) =>
        tf.sum(
          linearCrossEntropy({ states: x as Tensor2D, head: { weight: head, transpose: true } }, targets, weights),
        ),
      )(states);
      return [run(head), ofStates].map((x) => [...x.dataSync()]);
    }) as [number[], number[]];
    expect(losses[0]).toBe(0);
    expect(losses[1]).toBeCloseTo(Math.log(vocabulary), 5);
    expect(gradient.slice(0, 3)).toEqual([0, 0, 0]);
  });

  test("linear cross-entropy never holds the logits, nor their gradient", async () => {
    await variant.activate();
    const [rows, width, vocabulary] = [64, 2, 2 ** 16 + 2 ** 15];
    const before = variant.use();
    tf.tidy(() => {
      const [states, head] = [tf.ones([rows, width]) as Tensor2D, tf.zeros([vocabulary, width]) as Tensor2D];
      const [targets, weights] = [tf.zeros([rows], "int32") as Tensor1D, tf.ones([rows]) as Tensor1D];
      const loss = (x: Tensor, y: Tensor) =>
        tf.sum(
          linearCrossEntropy(
            { states: x as Tensor2D, head: { weight: y as Tensor2D, transpose: true } },
            targets,
            weights,
          ),
        );
      tf.grads(loss)([states, head]);
    });
    expect(variant.use().peakBytes - before.liveBytes).toBeLessThan((4 * rows * vocabulary) / 2);
  });
});
