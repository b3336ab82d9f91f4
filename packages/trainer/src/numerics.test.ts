import { NumericsError } from "@trivium/core";
import type { Batch } from "@trivium/features";
import { disposeTree, tf } from "@trivium/tensor";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { consume } from "./consume.ts";
import { hasDiverged, noHistory, withLoss } from "./divergence.ts";
import { createMemoryStore } from "./memory-store.ts";
import type { Task } from "./task.ts";
import { bigramTask, smallRun } from "./testing/bigram.ts";
import { train } from "./train.ts";
import type { TrainOptions } from "./train-options.ts";

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
