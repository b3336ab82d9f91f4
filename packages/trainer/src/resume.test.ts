import type { NamedArray } from "@trivium/checkpoint";
import type { Batch } from "@trivium/features";
import { createRegistry } from "@trivium/registry";
import { disposeTree, type ParameterTree, type Tensor, tf } from "@trivium/tensor";
import { beforeAll, expect, test } from "vitest";
import { adamW } from "./adam-w.ts";
import type { Snapshot } from "./checkpoint-store.ts";
import { constant } from "./constant.ts";
import { consume } from "./consume.ts";
import type { TrainEvent } from "./events.ts";
import { createMemoryStore, type MemoryStore } from "./memory-store.ts";
import { trainerPlugins } from "./plugins.ts";
import { scheduleFreeAdamW } from "./schedule-free-adam-w.ts";
import { bigramTask, smallRun } from "./testing/bigram.ts";
import { train } from "./train.ts";
import type { TrainOptions } from "./train-options.ts";
import { warmupCosine } from "./warmup-cosine.ts";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

/** Runs to the end; the events, and the checkpoint that is then in the store. */
async function run(
  store: MemoryStore,
  changes: Partial<TrainOptions<Batch>> = {},
  stopAfter = Number.POSITIVE_INFINITY,
) {
  const events: TrainEvent[] = [];
  const abort = new AbortController();
  const stream = train(smallRun({ checkpoint: { store, every: 5 }, signal: abort.signal, ...changes }));
  const { parameters, ...result } = await consume(stream, (event) => {
    events.push(event);
    if (event.type === "step" && event.step === stopAfter) abort.abort();
  });
  disposeTree(parameters);
  return { ...result, events, kept: store.newest() as Snapshot };
}

const withoutSeconds = ({ model, optimizer, state }: Snapshot) => ({
  model,
  optimizer,
  state: { ...state, totals: { ...state.totals, seconds: 0 } },
});

test("an aborted run stops after the step with a checkpoint, and says that it was aborted", async () => {
  const { events, kept, reason } = await run(createMemoryStore(), {}, 7);
  expect(reason).toBe("aborted");
  expect(events.slice(-3)).toMatchObject([
    { type: "step", step: 7 },
    { type: "checkpoint", step: 7, location: "memory" },
    { type: "stopped", reason: "aborted", step: 7 },
  ]);
  expect(kept.state).toMatchObject({ step: 7, seed: 3, numericIdentity: { backend: "cpu" } });
});

test("a run aborted at every step and resumed equals the undisturbed one, bit for bit", async () => {
  const whole = await run(createMemoryStore());
  const store = createMemoryStore();
  const losses: number[] = [];
  for (let step = 1; step <= 12; step++) {
    const { events } = await run(store, { resume: true }, step);
    expect(events[0]).toMatchObject({ type: "started", step: step - 1 });
    for (const event of events) if (event.type === "step") losses.push(event.loss);
  }
  const pieces = store.newest() as Snapshot;
  expect(withoutSeconds(pieces)).toEqual(withoutSeconds(whole.kept));
  expect(losses).toEqual(whole.events.flatMap((event) => (event.type === "step" ? [event.loss] : [])));
});

test.each(createRegistry(trainerPlugins).names("optimizer"))("%s resumes bit for bit", async (name) => {
  const optimizer = createRegistry(trainerPlugins).create("optimizer", name, {});
  const before = tf.memory().numTensors;
  const whole = await run(createMemoryStore(), { optimizer });
  const store = createMemoryStore();
  for (const step of [3, 5]) await run(store, { optimizer, resume: true }, step);
  const { kept } = await run(store, { optimizer, resume: true });
  expect(withoutSeconds(kept)).toEqual(withoutSeconds(whole.kept));
  expect(tf.memory().numTensors).toBe(before);
});

test("schedule-free training evaluates, keeps and returns the averaged weights, and says so", async () => {
  const store = createMemoryStore();
  const optimizer = scheduleFreeAdamW();
  const seen: number[][] = [];
  const evaluate = {
    every: 6,
    run: async ({ embedding }: ParameterTree) => {
      seen.push([...(embedding as Tensor).dataSync()]);
      return { seen: seen.length };
    },
  };
  const events: TrainEvent[] = [];
  const options = smallRun({ optimizer, evaluate, checkpoint: { store } });
  const { parameters } = await consume(train(options), (event) => void events.push(event));
  expect(events.filter(({ type }) => type === "evaluated")).toMatchObject([
    { step: 6, weights: "averaged" },
    { step: 12, weights: "averaged" },
  ]);
  const { model, optimizer: arrays, state } = store.newest() as Snapshot;
  const valuesOf = (array: NamedArray | undefined) => [...((array as NamedArray).data as Float32Array)];
  expect(valuesOf(model.embedding)).toEqual(seen[1]);
  expect([...(parameters.embedding as Tensor).dataSync()]).toEqual(seen[1]);
  const [y, z] = [valuesOf(arrays["trained.embedding"]), valuesOf(arrays["z.embedding"])];
  const expected = y.map((value, at) => value + (1 - 1 / 0.9) * (z[at]! - value));
  expect(seen[1]).toEqual(expected.map((value) => expect.closeTo(value, 6)));
  expect(y).not.toEqual(seen[1]);
  expect(state.optimizer).toEqual({ highestRate: 0.02, weightSum: expect.closeTo(12 * 0.02 ** 2, 12) });
  disposeTree(parameters);
});

test("weights that are evaluated are the trained ones where nothing is averaged, and nothing is said", async () => {
  const evaluate = { every: 12, run: async () => ({ one: 1 }) };
  const { events } = await run(createMemoryStore(), { evaluate });
  expect(events.find(({ type }) => type === "evaluated")).toEqual({
    type: "evaluated",
    step: 12,
    metrics: { one: 1 },
    weights: undefined,
  });
});

test("resuming a finished run takes no step, and more steps may be asked for", async () => {
  const store = createMemoryStore();
  await run(store);
  const again = await run(store, { resume: true });
  expect(again.events.map(({ type }) => type)).toEqual(["started", "stopped"]);
  const more = await run(store, { resume: true, steps: 14 });
  expect(more.kept.state.step).toBe(14);
  expect(withoutSeconds(more.kept)).toEqual(withoutSeconds((await run(createMemoryStore(), { steps: 14 })).kept));
});

test("resuming without a checkpoint starts at 0", async () => {
  const { events } = await run(createMemoryStore(), { resume: true });
  expect(events[0]).toMatchObject({ type: "started", step: 0 });
});

test("a store that holds a run is not overwritten", async () => {
  const store = createMemoryStore();
  const { kept } = await run(store);
  await expect(run(store)).rejects.toMatchObject({ code: "checkpoint/run-exists" });
  expect(store.newest()).toEqual(kept);
});

test("another run is refused, naming each field that differs", async () => {
  const store = createMemoryStore();
  await run(store);
  const before = tf.memory().numTensors;
  const changes = { seed: 4, optimizer: adamW({ beta2: 0.95 }), task: bigramTask({ dropoutRate: 0.5 }) };
  await expect(run(store, { resume: true, ...changes })).rejects.toMatchObject({
    code: "checkpoint/other-run",
    details: {
      differences: ["model.dropout was 0.2, is 0.5", "optimizer.beta2 was 0.98, is 0.95", "seed was 3, is 4"],
    },
  });
  expect(tf.memory().numTensors).toBe(before);
});

const settled = (settings: Record<string, unknown>) => ({ task: bigramTask({ dropoutRate: 0.2, settings }) });

test.each<[string, Partial<TrainOptions<Batch>>, Partial<TrainOptions<Batch>>, string]>([
  ["label smoothing", settled({ smoothing: 0 }), settled({ smoothing: 0.5 }), "objective.smoothing was 0, is 0.5"],
  ["rate", {}, { schedule: constant({ rate: 1 }) }, "schedule.rate was 0.02, is 1"],
  [
    "length of the decay",
    { schedule: warmupCosine({ peak: 0.1, warmupSteps: 2, steps: 12 }) },
    { schedule: warmupCosine({ peak: 0.1, warmupSteps: 2, steps: 14 }), steps: 14 },
    "schedule.steps was 12, is 14",
  ],
  ["clipping", {}, { clipNorm: 2 }, "clipNorm was 1, is 2"],
  ["decay function", {}, { optimizer: adamW({ decay: () => true }) }, 'optimizer.decay was "matrices", is "custom"'],
])("a resume with another %s is refused", async (_, before, after, difference) => {
  const store = createMemoryStore();
  await run(store, before, 5);
  await expect(run(store, { ...before, resume: true, ...after })).rejects.toMatchObject({
    code: "checkpoint/other-run",
    details: { differences: [difference] },
  });
  expect((await run(store, { ...before, resume: true })).reason).toBe("finished");
});

test("a schedule that says nothing of itself is what the caller says it is", async () => {
  const store = createMemoryStore();
  const halving = (rate: number) => ({
    schedule: (step: number) => rate * 2 ** -step,
    identity: { schedule: { rate } },
  });
  await run(store, halving(0.1), 5);
  await expect(run(store, { resume: true, ...halving(0.2) })).rejects.toMatchObject({
    details: { differences: ["schedule.rate was 0.1, is 0.2"] },
  });
});

test("parameters of other names or shapes are refused", async () => {
  const store = createMemoryStore();
  await run(store);
  const before = tf.memory().numTensors;
  const task = bigramTask({ dropoutRate: 0.2, unreached: true });
  await expect(run(store, { resume: true, task })).rejects.toThrow(
    "the checkpoint's model does not fit: idle is missing",
  );
  expect(tf.memory().numTensors).toBe(before);
});

test("other arithmetic is refused by name, or allowed with a warning", async () => {
  const store = createMemoryStore();
  const identity = { backend: "simd", gemm: "onednn 3.1", precision: "f32" };
  await run(store, { numericIdentity: identity }, 5);
  const numericIdentity = { ...identity, gemm: "wasm" };
  await expect(run(store, { resume: true, numericIdentity })).rejects.toMatchObject({
    code: "trainer/numeric-identity",
    details: { differences: ['gemm was "onednn 3.1", is "wasm"'] },
  });
  const { events, kept } = await run(store, { resume: true, numericIdentity, allowNumericChange: true });
  expect(events[1]).toMatchObject({ type: "warning", code: "trainer/numeric-change", step: 5 });
  expect(kept.state.numericIdentity).toEqual(numericIdentity);
});

test("what the caller adds to the configuration is kept, and cannot hide what the run is", async () => {
  const { kept } = await run(createMemoryStore(), { config: { tokenizer: "byte", seed: "mine" } });
  expect(kept.config).toMatchObject({
    tokenizer: "byte",
    seed: 3,
    architecture: "bigram",
    objective: { name: "cross-entropy" },
  });
  expect(JSON.parse(JSON.stringify(kept.config))).toEqual(kept.config);
});

test("a signal that is aborted before the first step leaves a checkpoint of step 0", async () => {
  const { events, kept } = await run(createMemoryStore(), { signal: AbortSignal.abort() });
  expect(events.map(({ type }) => type)).toEqual(["started", "checkpoint", "stopped"]);
  expect(kept.state.step).toBe(0);
});
