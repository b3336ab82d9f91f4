import "@tensorflow/tfjs-backend-cpu";
import { disposeTree, flattenTree, type ParameterTree, tf } from "@trivium/tensor";
import { beforeAll, expect, test } from "vitest";
import { adamW } from "./adam-w.ts";
import { consume } from "./consume.ts";
import { createMemoryStore } from "./memory-store.ts";
import { movingAverage } from "./moving-average.ts";
import { muon } from "./muon.ts";
import { scheduleFreeAdamW } from "./schedule-free-adam-w.ts";
import { smallRun } from "./testing/bigram.ts";
import { train } from "./train.ts";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

const valuesOf = (tree: ParameterTree): number[] =>
  Object.values(flattenTree(tree)).flatMap((leaf) => [...leaf.dataSync()]);

test("an average is what is evaluated, kept and returned, and the trained weights stay as without it", async () => {
  const before = tf.memory().numTensors;
  const store = createMemoryStore();
  const seen: number[][] = [];
  const evaluate = { every: 3, run: async (tree: ParameterTree) => ({ seen: seen.push(valuesOf(tree)) }) };
  const optimizer = movingAverage(adamW(), { decay: 0.2 });
  const { parameters } = await consume(train(smallRun({ steps: 3, optimizer, evaluate, checkpoint: { store } })));
  const plain: number[][] = [];
  for (const steps of [0, 1, 2, 3]) {
    const { parameters } = await consume(train(smallRun({ steps })));
    plain.push(valuesOf(parameters));
    disposeTree(parameters);
  }
  const decays = [2 / 11, 0.2, 0.2];
  const average = decays.reduce<readonly number[]>(
    (old, decay, at) => old.map((value, index) => decay * value + (1 - decay) * plain[at + 1]![index]!),
    plain[0]!,
  );
  expect(seen[0]).toEqual(average.map((value) => expect.closeTo(value, 5)));
  expect(valuesOf(parameters)).toEqual(seen[0]);
  const { optimizer: kept } = store.newest()!;
  const trained = Object.entries(kept).filter(([name]) => name.startsWith("trained."));
  expect(trained.flatMap(([, { data }]) => [...(data as Float32Array)])).toEqual(plain[3]);
  disposeTree(parameters);
  expect(tf.memory().numTensors).toBe(before);
});

test("an average resumes bit for bit, with Muon's own state too", async () => {
  const optimizer = movingAverage(muon({ hidden: (path) => path === "head.weight" }), { decay: 0.9 });
  const run = async (store = createMemoryStore(), steps = 8) => {
    const { parameters } = await consume(train(smallRun({ optimizer, steps, checkpoint: { store }, resume: true })));
    disposeTree(parameters);
    return store;
  };
  const whole = (await run()).newest()!;
  const parts = (await run(await run(await run(createMemoryStore(), 2), 5))).newest()!;
  expect([parts.model, parts.optimizer]).toEqual([whole.model, whole.optimizer]);
});

test("a decay out of range, and an average of an average, are refused", () => {
  expect(() => movingAverage(adamW(), { decay: 1 })).toThrow(/decay/);
  expect(() => movingAverage(scheduleFreeAdamW(), { decay: 0.9 })).toThrow(/averages its weights itself/);
});
