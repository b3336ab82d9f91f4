import { createSimdBackend } from "@trivium/backend-simd";
import { keyValueRecall } from "@trivium/tasks";
import { tf } from "@trivium/tensor";
import { consume } from "@trivium/trainer";
import { beforeAll, expect, test } from "vitest";
import { trainingArm } from "../framework/training-arm.ts";
import { withoutData } from "../testing/without-data.ts";
import { type SightName, sights } from "../trained/sight.ts";
import { type SourceAttention, sourceAttention } from "./source-attention.ts";

beforeAll(() => createSimdBackend({ name: "simd-source-attention", threads: 1 }).activate());

const task = { pairs: 2, fewestPairs: 1, testPairs: [2, 4], keys: 8, values: 4, train: 32, validation: 4, test: 3 };

test.each(["causal", "prefix", "encoder–decoder"] as const)(
  "%s: a live arm tells the attention of each source length",
  async (sight: SightName) => {
    const arm = trainingArm({
      name: sight,
      ...sights[sight],
      dataset: { name: "key-value-recall", options: task },
      model: { width: 8, layers: 2, heads: 2, positions: "t5" },
      steps: 2,
      batch: 8,
      seed: 1,
      evaluation: { part: "test", maximumTokens: 4, curvePoints: 1 },
      probe: sourceAttention({ each: 3, looked: 2, gold: "recalled" }),
    });
    const before = tf.memory().numTensors;
    const context = { ...withoutData, dataset: () => keyValueRecall(task) };
    const { numbers } = await consume(arm.run(context));
    expect(tf.memory().numTensors).toBe(before);
    const conditions = numbers.probe as readonly SourceAttention[];
    expect(conditions).toHaveLength(2);
    for (const { mass, entropy, gold } of conditions) {
      // The answer and its end.
      expect(mass).toHaveLength(2);
      for (const share of [...mass, entropy, gold]) {
        expect(share).toBeGreaterThan(0);
        expect(share).toBeLessThan(1);
      }
    }
  },
);
