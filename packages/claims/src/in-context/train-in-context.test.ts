import { reference } from "@trivium/attention";
import { createSimdBackend } from "@trivium/backend-simd";
import { causal } from "@trivium/model-causal";
import { encoderDecoder } from "@trivium/model-encoder-decoder";
import { prefix } from "@trivium/model-prefix";
import { tf } from "@trivium/tensor";
import { consume } from "@trivium/trainer";
import { beforeAll, expect, test } from "vitest";
import { classification, linearRegression } from "./in-context-task.ts";
import { type InContextReport, type InContextTrainingOptions, trainInContext } from "./train-in-context.ts";

beforeAll(() => createSimdBackend({ name: "simd-train-in-context", threads: 1 }).activate());

const options: InContextTrainingOptions = {
  architecture: prefix,
  attention: reference(),
  sequences: { task: linearRegression, width: 2, examples: 4, queries: 3 },
  config: { layers: 2, width: 8, heads: 2 },
  steps: 8,
  learningRate: 1e-2,
  batchSize: 16,
  heldOut: 32,
  curvePoints: 4,
  seed: 1,
};

const run = (more: Partial<InContextTrainingOptions> = {}): Promise<InContextReport | undefined> =>
  consume(trainInContext({ ...options, ...more }));

const timeless = (report: InContextReport | undefined): string =>
  JSON.stringify(report, (key, value) => (key === "seconds" ? undefined : value));

test.each([causal, prefix, encoderDecoder])("the loss falls: $name", async (architecture) => {
  const one = { config: { layers: 1, width: 16, heads: 2 }, steps: 40, learningRate: 1e-2, batchSize: 32 };
  const report = (await run({ architecture, ...one }))!;
  expect(report.errors).toHaveLength(32);
  expect(report.curve.map(({ step }) => step)).toEqual([10, 20, 30, 40]);
  const losses = report.curve.map(({ targetLoss }) => targetLoss);
  expect(losses.at(-1)!).toBeLessThan(0.8 * losses[0]!);
  expect(losses.at(-1)!).toBeCloseTo(
    report.errors.reduce((sum, error) => sum + error / 32, 0),
    12,
  );
  expect(report.curve.at(-1)).toMatchObject({ tokensSeen: 40 * 32 * 7, tokensSupervised: 40 * 32 * 3 });
});

test("the same arm and seed twice differ by nothing but time, and the mask alone makes a difference", async () => {
  const [first, again, other] = [await run(), await run(), await run({ architecture: causal })];
  expect(timeless(again)).toBe(timeless(first));
  expect(other!.errors).not.toEqual(first!.errors);
  expect(other!.parameters).toBe(first!.parameters);
  expect(other!.curve.at(-1)!.flops).toBeLessThan(first!.curve.at(-1)!.flops);
});

test("with one layer the mask of the examples does not matter: all that queries read is the examples as they came", async () => {
  const config = { layers: 1, width: 8, heads: 2 };
  const [ofPrefix, ofCausal] = [await run({ config, steps: 5 }), await run({ config, steps: 5, architecture: causal })];
  // So both were given the same draws and began with the same parameters.
  expect(ofCausal!.errors).toEqual(ofPrefix!.errors);
});

test("classes are counted as right or wrong", async () => {
  const sequences = { ...options.sequences, task: classification };
  const report = (await run({ sequences, steps: 24 }))!;
  expect(report.misclassified).toHaveLength(32);
  const wrong = report.misclassified!.reduce((sum, part) => sum + part / 32, 0);
  expect(wrong).toBeLessThan(2 / 3);
  expect((await run({ steps: 1 }))!.misclassified).toBeUndefined();
});

test("no tensor outlives a run, finished, aborted or left", async () => {
  const before = tf.memory().numTensors;
  await run({ steps: 2 });
  expect(await run({ signal: AbortSignal.abort() })).toBeUndefined();
  for await (const event of trainInContext(options)) if (event.type === "step") break;
  expect(tf.memory().numTensors).toBe(before);
});
