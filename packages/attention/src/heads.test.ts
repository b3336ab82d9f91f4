import "@tensorflow/tfjs-backend-cpu";
import { tf } from "@trivium/tensor";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { mergeHeads, splitHeads } from "./heads.ts";

beforeAll(async () => void (await tf.setBackend("cpu")));

const size = fc.integer({ min: 1, max: 4 });

test("merging the heads undoes splitting them", () => {
  fc.assert(
    fc.property(size, size, size, size, (batch, length, heads, headWidth) => {
      const x = tf.reshape(tf.range(0, batch * length * heads * headWidth), [batch, length, heads * headWidth]);
      const split = splitHeads(x, heads);
      expect(split.shape).toEqual([batch, heads, length, headWidth]);
      const merged = mergeHeads(split);
      expect(merged.shape).toEqual(x.shape);
      expect([...merged.dataSync()]).toEqual([...x.dataSync()]);
    }),
    { numRuns: 30 },
  );
});

test("head h of a position holds its channels h·D … h·D + D − 1", () => {
  const x = tf.tensor3d([
    [
      [0, 1, 2, 3],
      [4, 5, 6, 7],
    ],
  ]);
  expect(splitHeads(x, 2).arraySync()).toEqual([
    [
      [
        [0, 1],
        [4, 5],
      ],
      [
        [2, 3],
        [6, 7],
      ],
    ],
  ]);
});
