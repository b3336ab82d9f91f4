import { NumericsError } from "@trivium/core";
import type { Batch } from "@trivium/features";
import { disposeTree, type Scalar, tf } from "@trivium/tensor";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { consume } from "./consume.ts";
import { hasDiverged, noHistory, withLoss } from "./divergence.ts";
import type { TrainEvent } from "./events.ts";
import { createMemoryStore } from "./memory-store.ts";
import type { LossSum, Task } from "./task.ts";
import { bigramTask, smallRun } from "./testing/bigram.ts";
import { train } from "./train.ts";
import type { StepPhase, TrainOptions } from "./train-options.ts";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

/** The error that ends the run, and the checkpoint that it leaves. */
async function failure(changes: Partial<TrainOptions<Batch>>, store = createMemoryStore()) {
  const before = tf.memory().numTensors;
  const stream = train(smallRun({ checkpoint: { store, every: 2 }, ...changes }));
  const error: unknown = await consume(stream).then(
    ({ parameters }) => disposeTree(parameters),
    (reason: unknown) => reason,
  );
  expect(tf.memory().numTensors).toBe(before);
  return { error: error as NumericsError, kept: store.newest() };
}

/** The loss times a factor that depends on the call: two micro-batches a step. */
function lossTimes(factorOf: (step: number) => number): Task<Batch> {
  let calls = 0;
  return bigramTask({
    dropoutRate: 0.2,
    change: ({ sum, tokens }) => ({ sum: tf.mul(sum, factorOf(Math.floor(calls++ / 2) + 1)), tokens }),
  });
}

test.each([Number.NaN, Number.POSITIVE_INFINITY])(
  "a loss of %s stops the run and keeps the last good checkpoint",
  async (bad) => {
    const { error, kept } = await failure({ task: lossTimes((step) => (step === 6 ? bad : 1)) });
    expect(error).toBeInstanceOf(NumericsError);
    expect(error).toMatchObject({ code: "trainer/not-finite", details: { step: 6, learningRate: 0.02, savedStep: 4 } });
    expect(error.message).toMatch(
      /step 6: .*not finite.*loss (NaN|Infinity).*learning rate 0.02.*checkpoint of step 4 in memory/,
    );
    expect(kept?.state.step).toBe(4);
    expect(Object.values(kept!.model).every(({ data }) => (data as Float32Array).every(Number.isFinite))).toBe(true);
  },
);

test("a gradient that is not finite stops the run though the loss is fine", async () => {
  const rootOfZero = bigramTask({
    change: ({ sum, tokens }) => ({ sum: tf.add(sum, tf.sqrt(tf.mul(sum, 0))), tokens }),
  });
  const { error } = await failure({ task: rootOfZero });
  expect(error).toMatchObject({ code: "trainer/not-finite", details: { step: 1 } });
  expect(Number.isFinite(error.details.loss)).toBe(true);
});

test("parameters that an update made infinite never reach a checkpoint, nor the caller", async () => {
  const schedule = (step: number) => (step === 3 ? 1e39 : 0.02);
  const { error, kept } = await failure({ schedule });
  expect(error).toMatchObject({ code: "trainer/not-finite" });
  expect(kept?.state.step).toBe(2);
  const without = consume(train(smallRun({ schedule, steps: 4 })));
  await expect(without).rejects.toMatchObject({ code: "trainer/not-finite" });
});

test("a loss that stays far above its best stops the run, unless that is turned off", async () => {
  const task = () => lossTimes((step) => (step > 10 ? 10 : 1));
  const divergence = { patience: 5 };
  const { error, kept } = await failure({ task: task(), divergence, steps: 40 });
  expect(error).toMatchObject({ code: "trainer/diverged", details: { step: 15 } });
  expect(error.message).toMatch(/step 15: .*far above its best.*for 5 steps.*loss .*learning rate 0.02/);
  expect(kept?.state.step).toBe(14);
  expect((await failure({ task: task(), divergence: false, steps: 40 })).kept?.state.step).toBe(40);
});

test("losses that fall, with any jitter below the margin, never count as diverged", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.1, max: 12, noNaN: true }),
      fc.infiniteStream(fc.double({ min: 0, max: 0.99, noNaN: true })),
      (start, jitters) => {
        let history = noHistory;
        for (let step = 0; step < 200; step++) {
          history = withLoss(history, start * Math.exp(-step / 30) + (jitters.next().value as number));
          expect(hasDiverged(history, { patience: 2 })).toBe(false);
        }
      },
    ),
  );
});

test("one high loss among good ones is forgiven", () => {
  let history = noHistory;
  for (let step = 0; step < 100; step++) history = withLoss(history, step % 10 === 9 ? 50 : 1);
  expect(hasDiverged(history)).toBe(false);
});

/** Events of a run that ends, and what its store holds then. */
async function recovered(changes: Partial<TrainOptions<Batch>>, store = createMemoryStore()) {
  const before = tf.memory().numTensors;
  const events: TrainEvent[] = [];
  const stream = train(smallRun({ checkpoint: { store, every: 2 }, ...changes }));
  const { parameters, step } = await consume(stream, (event) => void events.push(event));
  disposeTree(parameters);
  expect(tf.memory().numTensors).toBe(before);
  return { events, step, kept: store.newest()! };
}

const skip = { action: "skip", limit: 2 } as const;
const rollingBack = { action: "roll-back", limit: 2, factor: 0.25 } as const;

test("skip leaves the update of a broken step out, counts it and tells each; too many in a row stop the run", async () => {
  const bad = (step: number) => (step === 4 || step === 5 || step === 9 ? Number.NaN : 1);
  const { events, step, kept } = await recovered({ task: lossTimes(bad), recovery: skip });
  expect(step).toBe(12);
  const warnings = events.filter((event) => event.type === "warning");
  expect(warnings.map(({ step, code }) => [step, code])).toEqual([4, 5, 9].map((at) => [at, "trainer/skipped-step"]));
  expect(warnings[2]?.message).toMatch(/step 9 is not finite \(loss NaN, .*no update, 3 of them so far/);
  expect(kept.state.faults).toEqual({ skipped: 3, inRow: 0, rollBacks: 0 });
  const { error } = await failure({ task: lossTimes((at) => (at > 4 ? Number.NaN : 1)), recovery: skip });
  expect(error).toMatchObject({ code: "trainer/not-finite", details: { step: 7, savedStep: 6 } });
});

test("roll-back goes on from the newest checkpoint at a lower rate, until the fault is gone", async () => {
  // The first two attempts at step 6 break.
  let calls = 0;
  const change = ({ sum, tokens }: LossSum) => ({ sum: tf.mul(sum, isBroken() ? Number.NaN : 1) as Scalar, tokens });
  const isBroken = () => [11, 15].includes(++calls);
  const task = bigramTask({ dropoutRate: 0.2, change });
  const { events, step, kept } = await recovered({ task, recovery: rollingBack });
  expect(step).toBe(12);
  const back = events.filter((event) => event.type === "rolled-back");
  expect(back).toMatchObject([
    {
      step: 4,
      from: 6,
      rateFactor: 0.25,
      message: expect.stringMatching(/step 6: .*not finite; it goes on from step 4/),
    },
    { step: 4, from: 6, rateFactor: 0.0625 },
  ]);
  const rates = events.flatMap((event) => (event.type === "step" ? [[event.step, event.learningRate]] : []));
  expect(rates.slice(4, 8)).toEqual([[5, 0.02], [5, 0.005], [5, 0.00125], [6, 0.00125]]); // biome-ignore format: pairs
  expect(kept.state.faults).toEqual({ skipped: 0, inRow: 0, rollBacks: 2 });
});

test("a run that is killed behind a roll-back resumes to the same bytes, and a fault that stays ends it", async () => {
  const store = createMemoryStore();
  const schedule = (step: number) => (step === 4 ? 1e30 : 0.02);
  const recovery = { ...rollingBack, factor: 1e-30 };
  const whole = await recovered({ schedule, recovery });
  expect(whole.events.find(({ type }) => type === "rolled-back")).toMatchObject({ step: 4, from: 6 });
  for (const last of [4, 5]) {
    const abort = new AbortController();
    // Behind the first step 5 the weights are broken; the second one has the low rate.
    const onPhase = (phase: StepPhase) => void (phase === "data" && ++phases === last + 2 && abort.abort());
    let phases = 0;
    await recovered({ schedule, recovery, signal: abort.signal, onPhase, resume: true }, store);
  }
  const parts = await recovered({ schedule, recovery, resume: true }, store);
  expect([parts.kept.model, parts.kept.optimizer]).toEqual([whole.kept.model, whole.kept.optimizer]);
  const { error, kept } = await failure({ schedule, recovery: { ...recovery, factor: 0.5 } });
  expect(error).toMatchObject({ code: "trainer/not-finite", details: { savedStep: 4 } });
  expect(kept?.state.step).toBe(4);
});

test("a loss that diverges rolls back to a checkpoint from before it rose", async () => {
  let calls = 0;
  const change = ({ sum, tokens }: LossSum) => {
    const step = Math.floor(calls++ / 2) + 1;
    return { sum: tf.mul(sum, step > 9 && step <= 16 ? 10 : 1) as Scalar, tokens };
  };
  const options = { task: bigramTask({ change }), divergence: { patience: 7 }, recovery: rollingBack, steps: 20 };
  const { events, step } = await recovered(options);
  expect(step).toBe(20);
  expect(events.filter(({ type }) => type === "rolled-back")).toMatchObject([{ step: 8, from: 16, rateFactor: 0.25 }]);
});

test("a roll-back without a store, and a limit that is none, are refused", async () => {
  const refused = (changes: Partial<TrainOptions<Batch>>) => consume(train(smallRun(changes)));
  await expect(refused({ recovery: { action: "roll-back" } })).rejects.toThrow(/needs a checkpoint store/);
  await expect(refused({ recovery: { action: "skip", limit: 0 } })).rejects.toThrow(/recovery\.limit/);
});

test("a step that is abandoned between micro-batches leaves a checkpoint of the step before, and resumes bit for bit", async () => {
  const store = createMemoryStore();
  const whole = await recovered({});
  const abandon = new AbortController();
  let phases = 0;
  const onPhase = (phase: StepPhase) => {
    if (phase === "backward" && ++phases === 9) abandon.abort();
  };
  const first = await recovered({ abandon: abandon.signal, onPhase, recovery: undefined }, store);
  expect(first.events.at(-1)).toMatchObject({ type: "stopped", reason: "aborted", step: 4 });
  const { kept } = await recovered({ resume: true }, store);
  expect([kept.model, kept.optimizer]).toEqual([whole.kept.model, whole.kept.optimizer]);
});

test("a clock that jumps back and forth changes no bit, and no step takes less than nothing", async () => {
  let now = 0;
  const clock = () => {
    now += 1;
    return now % 3 === 0 ? now - 1e9 : now * 1e6;
  };
  const [plain, jumping] = [await recovered({}), await recovered({ clock })];
  expect([jumping.kept.model, jumping.kept.optimizer]).toEqual([plain.kept.model, plain.kept.optimizer]);
  const seconds = jumping.events.flatMap((event) => (event.type === "step" ? [event.seconds] : []));
  expect(Math.min(...seconds)).toBeGreaterThanOrEqual(0);
});
