import "@tensorflow/tfjs-backend-cpu";
import { causal, custom, type Mask } from "@trivium/masks";
import { type Tensor4D, tf } from "@trivium/tensor";
import { beforeAll, expect, test } from "vitest";
import type { AttentionKernel } from "./attention-kernel.ts";
import { blockwise } from "./blockwise.ts";
import { reference } from "./reference.ts";
import { describeKernel } from "./testing.ts";

const activate = async (): Promise<void> => void (await tf.setBackend("cpu"));
beforeAll(activate);

describeKernel(blockwise(), { label: "blockwise on cpu", activate });
describeKernel(blockwise({ blockQueries: 5, blockKeys: 3 }), {
  label: "blockwise with blocks of 5 × 3 on cpu",
  activate,
});
describeKernel(blockwise({ blockQueries: 1, blockKeys: 16 }), {
  label: "blockwise with blocks of 1 × 16 on cpu",
  activate,
});

const normal = (...shape: [number, number, number, number]): Tensor4D => tf.randomNormal(shape, 0, 1, "float32", 9);

/** Bytes at the peak of one forward and backward pass, beyond the inputs. */
async function peakBytes(kernel: AttentionKernel, length: number): Promise<number> {
  const inputs = [1, 2, 3].map(() => normal(1, 2, length, 4));
  const before = tf.memory().numBytes;
  const profile = await tf.profile(() =>
    tf.tidy(() => {
      const loss = (query: Tensor4D, key: Tensor4D, value: Tensor4D) =>
        tf.sum(kernel.attend({ query, key, value, mask: causal() })) as tf.Scalar;
      tf.dispose(tf.grads(loss as never)(inputs));
      return tf.scalar(0);
    }),
  );
  tf.dispose(inputs);
  return profile.peakBytes - before;
}

test("memory grows with the length, in forward and backward, where the reference's grows with its square", async () => {
  const kernel = blockwise({ blockQueries: 16, blockKeys: 16 });
  const growth = async (one: AttentionKernel) => (await peakBytes(one, 256)) / (await peakBytes(one, 64));
  expect(await growth(kernel)).toBeLessThan(4.2);
  expect(await growth(reference())).toBeGreaterThan(10);
  expect(await peakBytes(kernel, 256)).toBeLessThan((await peakBytes(reference(), 256)) / 5);
});

test("blocks that the mask classifies as none are not touched: NaN in them does no harm", () => {
  const length = 12;
  tf.tidy(() => {
    const lower = tf.ones<tf.Rank.R4>([1, 1, 8, 2]);
    const poisoned = tf.concat([lower, tf.fill([1, 1, 4, 2], Number.NaN)], 2) as Tensor4D;
    const query = normal(1, 1, length, 2);
    const request = { query, key: poisoned, value: poisoned, mask: causal() };
    const output = blockwise({ blockQueries: 4, blockKeys: 4 }).attend(request);
    expect([...output.dataSync().slice(0, 16)]).toEqual(Array.from({ length: 16 }, () => expect.closeTo(1, 6)));
  });
});

test("the mask is asked pair by pair only in blocks that are neither none nor all", () => {
  const asked: [number, number][] = [];
  const inner = causal();
  const mask: Mask = custom("counting", (b, h, q, k) => asked.push([q, k]) > 0 && inner.visible(b, h, q, k), {
    classify: inner.classify,
  });
  tf.tidy(() => {
    const [query, key, value] = [normal(2, 1, 16, 2), normal(2, 1, 16, 2), normal(2, 1, 16, 2)];
    blockwise({ blockQueries: 4, blockKeys: 4 }).attend({ query, key, value, mask });
  });
  expect(asked.length).toBe(4 * 16);
  expect(asked.every(([q, k]) => Math.floor(q / 4) === Math.floor(k / 4))).toBe(true);
});
