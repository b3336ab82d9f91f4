import { createSimdBackend } from "@trivium/backend-simd";
import { pairedEffect } from "@trivium/evaluator";
import { tf } from "@trivium/tensor";
import { consume } from "@trivium/trainer";
import { beforeAll, expect, test } from "vitest";
import { armContext, reversals } from "../testing/arm-context.ts";
import type { ArmOutcome, ArmProgress } from "./claim.ts";
import { type ProbedData, type TrainingArmOptions, type TrainingNumbers, trainingArm } from "./training-arm.ts";

beforeAll(() => createSimdBackend({ name: "simd-training-arm", threads: 1 }).activate());

const arm = (changes: Partial<TrainingArmOptions> = {}) =>
  trainingArm({
    name: "prefix",
    architecture: "prefix",
    objective: { name: "prefix-lm" },
    dataset: { name: "reversals" },
    model: { width: 8, layers: 1, heads: 2 },
    steps: 6,
    batch: 8,
    seed: 1,
    evaluation: { curvePoints: 2 },
    ...changes,
  });

const run = (changes: Partial<TrainingArmOptions> = {}): Promise<ArmOutcome<TrainingNumbers>> =>
  consume(arm(changes).run(armContext()));

test("an arm is trained and scored, in all and by example", async () => {
  const { numbers, times, curve } = await run({ evaluation: { part: "test", scored: 10, decoded: 7, curvePoints: 2 } });
  const { examples } = numbers;
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  expect(examples.nats).toHaveLength(10);
  expect(examples.tokens).toEqual(new Array(10).fill("abc".length + 1));
  expect(sum(examples.nats) / sum(examples.tokens)).toBe(numbers.targetLoss);
  expect(examples.edits).toHaveLength(7);
  expect(sum(examples.edits) / sum(examples.symbols)).toBe(numbers.per);
  expect(sum(examples.exact) / 7).toBeCloseTo(numbers.exactMatch as number, 12);
  const { fingerprint } = reversals();
  expect(numbers.data).toEqual({ name: "reversals", fingerprint, train: 40, heldOut: 10 });
  expect(numbers.tokensSupervised).toBe(6 * 8 * 4);
  expect(curve?.map(({ step }) => step)).toEqual([3, 6]);
  expect(times?.seconds).toBeGreaterThan(0);
  expect(numbers.probe).toBeNull();
});

test("what was measured on other examples is not current", async () => {
  const { name, configuration, ...measured } = arm();
  const kept = { name, configuration, ...(await run()) };
  expect(await measured.isCurrent?.(kept, armContext())).toBe(true);
  const other = { ...reversals(), fingerprint: "of other words" };
  expect(await measured.isCurrent?.(kept, armContext({ dataset: async () => other }))).toBe(false);
});

test("with a beam, other decoded examples are scored than greedily, on the same likelihood", async () => {
  const [greedy, searched] = [await run(), await run({ evaluation: { beam: 6, curvePoints: 2 } })];
  expect(searched.numbers.targetLoss).toBe(greedy.numbers.targetLoss);
  expect(searched.numbers.examples.symbols).toHaveLength(8);
  expect(searched.numbers.examples.edits).not.toEqual(greedy.numbers.examples.edits);
});

test("the optimiser is a part of the configuration, and trains", async () => {
  const muon = arm({ optimizer: "muon", weightDecay: 0.1 });
  expect(muon.configuration.optimizer).toEqual({
    name: "muon",
    options: { beta1: 0.9, beta2: 0.98, weightDecay: 0.1 },
  });
  const [one, other] = [await run({ optimizer: "muon" }), await run()];
  expect(one.numbers.targetLoss).not.toBe(other.numbers.targetLoss);
  await expect(run({ optimizer: "moun" })).rejects.toThrow(/"muon"/);
});

test("an A/A comparison shows exactly nothing, and another seed shows the noise", async () => {
  const [one, same, other] = [await run(), await run({ name: "again" }), await run({ seed: 2 })];
  expect(same.numbers).toEqual(one.numbers);
  const effect = (left: TrainingNumbers, right: TrainingNumbers) =>
    pairedEffect({
      name: "loss",
      unit: "nats per token",
      smallest: 0,
      left: [left.examples.nats],
      right: [right.examples.nats],
      weights: [left.examples.tokens],
    });
  expect(effect(one.numbers, same.numbers)).toMatchObject({ estimate: 0, low: 0, high: 0 });
  expect(effect(one.numbers, other.numbers).estimate).not.toBe(0);
});

test("all arms of a seed see the same examples, whatever their architecture", async () => {
  const causal = { architecture: "causal", objective: { name: "causal-lm", options: { loss: "target" } } };
  const both = { architecture: "encoder-decoder", objective: { name: "seq2seq" } };
  const outcomes = [await run(), await run(causal), await run(both)];
  const of = <T>(read: (numbers: TrainingNumbers) => T) => outcomes.map(({ numbers }) => JSON.stringify(read(numbers)));
  expect(new Set(of(({ tokensSupervised }) => tokensSupervised)).size).toBe(1);
  expect(new Set(of(({ examples }) => examples.tokens)).size).toBe(1);
  expect(new Set(of(({ parameters }) => parameters)).size).toBe(2);
});

test("a probe looks at the trained model, and stands in configuration and numbers", async () => {
  const probe = {
    name: "count",
    settings: { layer: 1 },
    run: (_model: unknown, parameters: object, { heldOut }: { heldOut: readonly unknown[] }) => ({
      trees: Object.keys(parameters).length > 0,
      heldOut: heldOut.length,
    }),
  };
  const { numbers } = await run({ probe });
  expect(numbers.probe).toEqual({ trees: true, heldOut: 8 });
  expect(arm({ probe }).configuration.probe).toEqual({ name: "count", settings: { layer: 1 } });
});

test("a probe that takes long is followed, and aborted with the arm", async () => {
  const before = tf.memory().numTensors;
  const controller = new AbortController();
  let closed = 0;
  async function* run(_model: unknown, _parameters: unknown, { context: { signal } }: ProbedData) {
    try {
      for (let done = 1; done <= 3; done++) {
        signal?.throwIfAborted();
        yield { done, total: 3, note: `look ${done}` };
      }
      return { looks: 3 };
    } finally {
      closed++;
    }
  }
  const probe = { name: "slow", settings: {}, run };
  const seen: ArmProgress[] = [];
  const { numbers } = await consume(arm({ probe }).run(armContext()), (progress) => void seen.push(progress));
  expect(numbers.probe).toEqual({ looks: 3 });
  expect(seen.slice(-3)).toEqual([1, 2, 3].map((done) => ({ done, total: 3, note: `look ${done}` })));
  const aborted = consume(arm({ probe }).run(armContext({ signal: controller.signal })), ({ note }) => {
    if (note === "look 1") controller.abort();
  });
  await expect(aborted).rejects.toThrow("aborted");
  expect(closed).toBe(2);
  expect(tf.memory().numTensors).toBe(before);
});

test("the configuration is whole and plain: what is not said is in it, and a name is not", () => {
  const { configuration } = arm({ name: "any" });
  expect(JSON.parse(JSON.stringify(configuration))).toEqual(configuration);
  expect(configuration).toEqual(
    arm({ name: "other", learningRate: 2e-3, clipNorm: 1, weightDecay: 0.01 }).configuration,
  );
  expect(configuration).toMatchObject({
    seed: 1,
    schedule: { options: { peak: 2e-3, steps: 6 } },
    evaluation: { part: "validation" },
  });
  expect(configuration).not.toEqual(arm({ seed: 3 }).configuration);
  // What was measured greedily keeps its hash.
  expect(configuration.evaluation).toEqual({ part: "validation", curvePoints: 2 });
  expect(arm({ evaluation: { beam: 4, curvePoints: 2 } }).configuration.evaluation).toEqual({
    part: "validation",
    curvePoints: 2,
    beam: 4,
  });
});

test("an objective that does not fit the architecture is refused with its reason", async () => {
  await expect(run({ objective: { name: "seq2seq" } })).rejects.toThrow("seq2seq");
});

test("a tokenizer may be forced, and fewer examples trained on", async () => {
  const { numbers } = await run({ tokenizer: "byte", examples: 8 });
  expect(numbers.data.train).toBe(8);
  expect(numbers.parameters).toBeGreaterThan((await run()).numbers.parameters);
});

test("no tensor outlives an arm: finished, aborted or left alone", async () => {
  const before = tf.memory().numTensors;
  await run();
  await expect(consume(arm().run(armContext({ signal: AbortSignal.abort() })))).rejects.toThrow();
  const stream = arm().run(armContext());
  const first = (await stream.next()).value as ArmProgress;
  expect(first).toMatchObject({ done: 1, total: 6, note: expect.stringMatching(/^loss \d/) });
  await stream.return(undefined as never);
  expect(tf.memory().numTensors).toBe(before);
});
