import { createSimdBackend } from "@trivium/backend-simd";
import { createRandom } from "@trivium/core";
import { createBatchSource } from "@trivium/data";
import { languageTask } from "@trivium/model";
import { disposeTree, flattenTree } from "@trivium/tensor";
import { adamW, constant, consume, type Optimizer, train } from "@trivium/trainer";
import { beforeAll, expect, test } from "vitest";
import { architectures, composed, special, training } from "./testing/objective-cases.ts";

beforeAll(() => createSimdBackend({ name: "simd-packed-steps", threads: 1 }).activate());

const random = createRandom("packed steps");
const ids = (length: number) => Array.from({ length }, () => 15 + random.integer(training.symbols));
const pairs = Array.from({ length: 40 }, () => ({
  source: ids(1 + random.integer(9)),
  target: ids(1 + random.integer(9)),
}));
const texts = Array.from({ length: 40 }, () => ({ tokens: ids(3 + random.integer(14)), ends: true }));
const [STEPS, BATCH] = [5, 8];

/** One objective for each layout: one stream, two streams, and labels in place. */
const cases = ["causal-lm", "prefix-lm", "seq2seq", "span-corruption", "masked-lm"].flatMap((name) =>
  architectures.flatMap((architecture) => {
    const composition = composed({ name }, architecture);
    const examples = name === "span-corruption" || name === "masked-lm" ? texts : pairs;
    return composition.works ? [{ title: `${name}, ${architecture.name}`, composition, examples }] : [];
  }),
);

type Case = (typeof cases)[number];

/** Trains some steps; the loss and all gradients of each, per token. */
async function stepsOf({ composition: { model, objective }, examples }: Case, packing?: number) {
  const gradients: Float32Array[][] = [];
  const losses: number[] = [];
  const rule = adamW();
  const watched: Optimizer = {
    ...rule,
    apply(trained, given, update) {
      const leaves = Object.values(flattenTree(given));
      gradients.push(leaves.map((leaf) => (leaf.dataSync() as Float32Array).map((one) => one * update.gradientScale)));
      return rule.apply(trained, given, update);
    },
  };
  const { parameters } = await consume(
    train({
      task: languageTask({ model, objective }),
      batches: createBatchSource({ examples, special, objective, batchSize: BATCH, seed: 1, packing }),
      optimizer: watched,
      schedule: constant({ rate: 1e-3 }),
      steps: STEPS,
      seed: 1,
    }),
    (event) => void (event.type === "step" && losses.push(event.loss)),
  );
  disposeTree(parameters);
  return { losses, gradients };
}

test("every layout has a case", () => {
  expect(cases.length).toBeGreaterThan(6);
});

test.each(cases)("$title: packed rows train as rows of one example do, step by step", async (one) => {
  const [alone, packed] = [await stepsOf(one), await stepsOf(one, 40)];
  expect(alone.losses).toHaveLength(STEPS);
  for (const [step, loss] of alone.losses.entries()) expect(packed.losses[step]).toBeCloseTo(loss, 5);
  for (const [step, leaves] of alone.gradients.entries()) {
    const norm = Math.hypot(...leaves.map((leaf) => Math.hypot(...leaf)));
    for (const [at, leaf] of leaves.entries()) {
      const other = packed.gradients[step]?.[at] as Float32Array;
      expect(Math.hypot(...leaf.map((value, index) => value - other[index]!))).toBeLessThan(1e-4 * norm);
    }
  }
});
