import { type Batch, batchesByStep } from "@trivium/features";
import { disposeTree, tf } from "@trivium/tensor";
import { beforeAll, expect, test } from "vitest";
import { adafactor } from "./adafactor.ts";
import type { Snapshot } from "./checkpoint-store.ts";
import { consume } from "./consume.ts";
import type { StepEvent, TrainEvent } from "./events.ts";
import { createMemoryStore, type MemoryStore } from "./memory-store.ts";
import { muon } from "./muon.ts";
import { scheduleFreeAdamW } from "./schedule-free-adam-w.ts";
import type { LossSum } from "./task.ts";
import { batchOf, bigramTask, countingBatches, row, smallRun } from "./testing/bigram.ts";
import { createProcesses } from "./testing/processes.ts";
import { train } from "./train.ts";
import type { TrainOptions } from "./train-options.ts";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

/** Six micro-batches a step: with four shards, two of them have one and two have two. */
const batches = batchesByStep((step) => [0, 1, 2].flatMap((more) => countingBatches(step + 5 * more)));

interface Outcome {
  readonly steps: readonly StepEvent[];
  readonly kept: Snapshot | undefined;
  readonly error: unknown;
}

async function run(changes: Partial<TrainOptions<Batch>>, store: MemoryStore = createMemoryStore()): Promise<Outcome> {
  const events: TrainEvent[] = [];
  const options = smallRun({ batches, shards: 4, checkpoint: { store, every: 3 }, ...changes });
  const error = await consume(train(options), (event) => void events.push(event)).then(
    ({ parameters }) => disposeTree(parameters),
    (reason: unknown) => reason,
  );
  return { steps: events.filter((event) => event.type === "step"), kept: store.newest(), error };
}

/** The same run by several processes, each with a store of its own. */
const together = (
  size: number,
  changes: (rank: number) => Partial<TrainOptions<Batch>>,
  stores: readonly MemoryStore[] = [],
): Promise<readonly Outcome[]> =>
  Promise.all(createProcesses(size).map((sharding, rank) => run({ ...changes(rank), sharding }, stores[rank])));

/** Numbers of a run to the last bit, without times. */
const bits = ({ steps, kept }: Outcome) => ({
  steps: steps.map(({ step, loss, gradientNorm, supervisedTokens, seenTokens }) => ({
    step,
    loss,
    gradientNorm,
    supervisedTokens,
    seenTokens,
  })),
  model: kept?.model,
  optimizer: kept?.optimizer,
  step: kept?.state.step,
  losses: kept?.state.losses,
});

test.each([2, 4])("four shards run by %i processes have the bits of one process", async (size) => {
  const before = tf.memory().numTensors;
  const alone = bits(await run({}));
  expect(alone.steps).toHaveLength(12);
  for (const outcome of await together(size, () => ({}))) {
    expect(outcome.error).toBeUndefined();
    expect(bits(outcome)).toEqual(alone);
  }
  expect(tf.memory().numTensors).toBe(before);
});

test.each([muon({ hidden: (path) => path === "head.weight" }), adafactor({ beta1: 0.9 }), scheduleFreeAdamW()])(
  "the state of $name, owned by the processes, gives the same bits",
  async (optimizer) => {
    const before = tf.memory().numTensors;
    const alone = bits(await run({ optimizer, clipNorm: undefined }));
    for (const outcome of await together(2, () => ({ optimizer, clipNorm: undefined }))) {
      const { model, optimizer, step } = bits(outcome);
      expect({ model, optimizer, step }).toEqual({ model: alone.model, optimizer: alone.optimizer, step: 12 });
    }
    expect(tf.memory().numTensors).toBe(before);
  },
);

test("a run of one process resumes in two, and the other way round", async () => {
  const whole = bits(await run({}));
  const store = createMemoryStore();
  await run({ steps: 5 }, store);
  const [first] = await together(2, () => ({ resume: true, steps: 8 }), [store, copyOf(store)]);
  expect(first!.steps[0]!.step).toBe(6);
  const { steps, ...last } = bits(await run({ resume: true }, store));
  expect(last).toEqual({ ...whole, steps: undefined });
  expect(steps).toEqual(whole.steps.slice(8));
});

/** Another store with the same checkpoint. */
function copyOf(store: MemoryStore): MemoryStore {
  const copy = createMemoryStore();
  return { ...copy, open: async () => ({ snapshot: store.newest(), skipped: [] }) };
}

test("the number of shards is part of the run", async () => {
  const store = createMemoryStore();
  await run({ steps: 3 }, store);
  expect((await run({ resume: true, shards: 2 }, store)).error).toMatchObject({
    code: "checkpoint/other-run",
    details: { differences: ["shards was 4, is 2"] },
  });
});

test("a NaN in one process stops all of them at the same step, with the same checkpoint", async () => {
  const before = tf.memory().numTensors;
  const brokenIn = (rank: number) => {
    let calls = 0;
    const change = ({ sum, tokens }: LossSum) =>
      ({ sum: tf.mul(sum, ++calls > 16 ? Number.NaN : 1), tokens }) as LossSum;
    return { task: bigramTask(rank === 1 ? { change } : {}) };
  };
  const outcomes = await together(2, brokenIn);
  for (const { error, kept } of outcomes) {
    expect(error).toMatchObject({ code: "trainer/not-finite", details: { step: 6, savedStep: 3 } });
    expect(kept?.state.step).toBe(3);
  }
  expect(tf.memory().numTensors).toBe(before);
});

test("a signal to one process stops all of them after the same step", async () => {
  const abort = new AbortController();
  const onPhase = () => {
    calls += 1;
    // Within the third step.
    if (calls === 2 * 14 + 3) abort.abort();
  };
  let calls = 0;
  const outcomes = await together(2, (rank) => (rank === 1 ? { signal: abort.signal, onPhase } : {}));
  for (const { steps, kept } of outcomes) {
    expect(steps.at(-1)!.step).toBe(kept?.state.step);
    expect(steps.length).toBeLessThan(12);
  }
  expect(outcomes[0]!.steps.length).toBe(outcomes[1]!.steps.length);
});

test("a shard without batches adds nothing, and a step without any is refused everywhere", async () => {
  const one = batchesByStep((step) => [batchOf(row([1, 2, 3, (step % 3) + 1]))]);
  const alone = await run({ batches: one, shards: 1, task: bigramTask() });
  const four = await run({ batches: one, task: bigramTask() });
  expect(four.error).toBeUndefined();
  expect(bits(four).model).toEqual(bits(alone).model);
  for (const { error } of await together(2, () => ({ batches: batchesByStep<Batch>(() => []) })))
    expect(error).toMatchObject({ code: "trainer/no-batches" });
});
