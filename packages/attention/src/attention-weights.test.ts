import "@tensorflow/tfjs-backend-cpu";
import { type Tensor4D, tf } from "@trivium/tensor";
import { beforeAll, expect, test } from "vitest";
import { attentionWeights } from "./attention-weights.ts";
import { blockwise } from "./blockwise.ts";
import { caseProblem } from "./testing/case-problem.ts";
import { biasKinds, maskKinds } from "./testing/kernel-case.ts";

beforeAll(async () => void (await tf.setBackend("cpu")));

const shape = { B: 2, H: 4, G: 2, Q: 6, K: 6, D: 6 };

test.each(maskKinds)("%s: what comes out of a kernel when values are unit vectors, whatever the bias", (mask) => {
  for (const bias of biasKinds) {
    const { inputs, request } = caseProblem({ shape, mask, bias, seed: 3 });
    tf.tidy(() => {
      const tensors = Object.entries(inputs).map(([name, { values, shape: its }]) => [
        name,
        tf.tensor(values, [...its]),
      ]);
      const unit = tf.tile(tf.reshape(tf.eye(6), [1, 1, 6, 6]), [2, 2, 1, 1]) as Tensor4D;
      const asked = { ...request(Object.fromEntries(tensors)), value: unit };
      const weights = attentionWeights(asked);
      const expected = blockwise({ blockQueries: 2, blockKeys: 4 }).attend(asked);
      expect(tf.max(tf.abs(tf.sub(weights, expected))).dataSync()[0]).toBeLessThan(1e-6);
      weights.dataSync().forEach((weight, at) => {
        const [b, h, q, k] = [Math.floor(at / 144), Math.floor(at / 36) % 4, Math.floor(at / 6) % 6, at % 6];
        if (!asked.mask.visible(b, h, q, k)) expect(weight).toBe(0);
      });
    });
  }
});
