import type { Batch } from "@trivium/features";
import { disposeTree, tf } from "@trivium/tensor";
import { beforeAll, expect, test } from "vitest";
import { noneSoFar, withMetrics } from "./best.ts";
import { consume } from "./consume.ts";
import type { TrainEvent } from "./events.ts";
import { createMemoryStore } from "./memory-store.ts";
import { smallRun } from "./testing/bigram.ts";
import { train } from "./train.ts";
import type { StepPhase, TrainOptions } from "./train-options.ts";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

const after = (values: readonly number[], options: Partial<Parameters<typeof withMetrics>[2]> = {}) =>
  values.reduce(
    (sofar, value, at) => withMetrics(sofar, { step: at + 1, metrics: { m: value } }, { metric: "m", ...options }),
    noneSoFar,
  );

test("the best values are kept in order, and evaluations without a better one are counted", () => {
  expect(after([3, 1, 2, 1])).toEqual({ evaluated: 4, steps: [{ step: 2, value: 1 }], waited: 2 });
  expect(after([3, 1, 2], { keep: 2 }).steps).toEqual([{ step: 2, value: 1 }, { step: 3, value: 2 }]); // biome-ignore format: one line
  expect(after([1, 3, 2], { better: "higher" })).toMatchObject({ steps: [{ step: 2 }], waited: 1 });
  expect(after([3, 2.95, 2.8], { margin: 0.1 }).waited).toBe(0);
  expect(after([3, 2.95], { margin: 0.1 })).toMatchObject({ steps: [{ step: 2 }], waited: 1 });
  expect(after([3, Number.NaN, Number.NaN])).toEqual({ evaluated: 3, steps: [{ step: 1, value: 3 }], waited: 2 });
  expect(() => after([1], { metric: "wer" })).toThrow(/no metric "wer"; it has m/);
});

/** Metrics by step: best at 4. */
const values: Readonly<Record<number, number>> = { 2: 3, 4: 1, 6: 2, 8: 1.5, 10: 1.2, 12: 0.5 };

async function run(changes: Partial<TrainOptions<Batch>> = {}, patience = 3, store = createMemoryStore()) {
  const events: TrainEvent[] = [];
  const saved: (readonly number[])[] = [];
  const spying = {
    ...store,
    save: (...[snapshot, protect = []]: Parameters<typeof store.save>) => {
      saved.push([snapshot.state.step, ...protect]);
      return store.save(snapshot);
    },
  };
  const evaluate = {
    every: 2,
    run: async (_: unknown, step: number) => ({ m: values[step]! }),
    best: { metric: "m", patience },
  };
  const stream = train(smallRun({ checkpoint: { store: spying, every: 2 }, evaluate, ...changes }));
  const { parameters, step, reason } = await consume(stream, (event) => void events.push(event));
  disposeTree(parameters);
  return { events, saved, step, reason, store };
}

test("a run stops early when its metric gets no better, keeps the best checkpoint, and a resume takes no step", async () => {
  const { events, saved, step, reason, store } = await run();
  expect([step, reason]).toEqual([10, "stopped-early"]);
  expect(events.at(-1)).toMatchObject({ reason: "stopped-early", best: { step: 4, value: 1 } });
  // The last one is written again, with what its evaluation found.
  expect(saved).toEqual([[2], [4, 2], [6, 4], [8, 4], [10, 4], [10, 4]]);
  expect(store.newest()?.state.best).toEqual({ evaluated: 10, steps: [{ step: 4, value: 1 }], waited: 3 });
  const again = await run({ resume: true }, 3, store);
  expect([again.step, again.reason, again.events.length]).toEqual([10, "stopped-early", 2]);
  expect((await run({ resume: true }, 4, store)).step).toBe(12);
});

test("killed anywhere, a run stops at the step at which it would have stopped", async () => {
  for (const last of [3, 4, 5, 9]) {
    const store = createMemoryStore();
    const abort = new AbortController();
    let phases = 0;
    const onPhase = (phase: StepPhase) => void (phase === "data" && ++phases === last && abort.abort());
    await run({ signal: abort.signal, onPhase }, 3, store);
    expect(store.newest()?.state.step).toBe(last);
    expect((await run({ resume: true }, 3, store)).step).toBe(10);
  }
});

test("recorded metrics of the step that a run resumes from count, and are not computed again", async () => {
  const store = createMemoryStore();
  const best = { metric: "m", patience: 1 };
  const plain = { every: 2, run: async () => ({ m: 1 }) };
  await run({ steps: 2, evaluate: plain }, 1, store);
  const recorded = async () => ({ m: 5 });
  const refusing = async () => {
    throw new Error("evaluated again");
  };
  const evaluate = { every: 2, run: refusing, onFailure: "stop" as const, recorded, best };
  await expect(run({ resume: true, evaluate }, 1, store)).rejects.toThrow("evaluated again");
  expect(store.newest()?.state.best).toEqual({ evaluated: 2, steps: [{ step: 2, value: 5 }], waited: 0 });
});
