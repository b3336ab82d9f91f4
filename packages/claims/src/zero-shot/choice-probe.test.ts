import { createSimdBackend } from "@trivium/backend-simd";
import { createRandom } from "@trivium/core";
import { createDataset } from "@trivium/data";
import { tf } from "@trivium/tensor";
import { consume } from "@trivium/trainer";
import { beforeAll, expect, test } from "vitest";
import { trainingArm } from "../framework/training-arm.ts";
import { withoutData } from "../testing/without-data.ts";
import { type SightName, sights } from "../trained/sight.ts";
import { type ChoiceNumbers, choiceProbe } from "./choice-probe.ts";

beforeAll(() => createSimdBackend({ name: "simd-choice-probe", threads: 1 }).activate());

/** Sentences of eight words of four letters. */
const random = createRandom("choice probe");
const word = (_: unknown, at: number) =>
  Array.from({ length: 4 }, () => "abcdef"[random.integer(6)]).join("") + (at % 8 === 7 ? "." : "");
const text = () => ({ text: Array.from({ length: 240 }, word).join(" ") });

const dataset = createDataset({
  name: "words",
  train: [text(), text()],
  validation: [text()],
  test: [text(), text()],
  tokenizer: { name: "shared", tokenizer: { name: "byte" } },
});

test.each(["causal, loss on all", "encoder–decoder"] as const)(
  "%s: a live arm ranks continuations, and an instruction before and after it is tuned on the others",
  async (sight: SightName) => {
    const arm = trainingArm({
      name: sight,
      ...sights[sight],
      dataset: { name: "words" },
      length: 128,
      model: { width: 8, layers: 1, heads: 2, positions: "t5" },
      steps: 1,
      batch: 2,
      seed: 1,
      evaluation: { scored: 2, decoded: 0, curvePoints: 1 },
      probe: choiceProbe({ items: 3, tuningSteps: 1, seed: 1 }),
    });
    const before = tf.memory().numTensors;
    const { numbers } = await consume(arm.run({ ...withoutData, dataset: async () => dataset }));
    expect(tf.memory().numTensors).toBe(before);
    const found = numbers.probe as unknown as ChoiceNumbers;
    expect(found.choice).toHaveLength(3);
    expect(found.before.length).toBeGreaterThan(0);
    expect(found.after).toHaveLength(found.before.length);
    for (const right of [...found.choice, ...found.before, ...found.after]) expect([0, 1]).toContain(right);
    // A word of four letters that a model has hardly seen: about as many nats as of so many bytes by chance.
    for (const nats of found.cloze) expect(nats).toBeGreaterThan(4);
    expect(found.instructions.fingerprint).toMatch(/^[0-9a-f]{64}$/);
  },
);
