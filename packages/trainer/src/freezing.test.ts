import type { Batch } from "@trivium/features";
import { disposeTree, flattenTree, mapTree, type ParameterTree, tf } from "@trivium/tensor";
import { beforeAll, expect, test } from "vitest";
import type { Snapshot } from "./checkpoint-store.ts";
import { consume } from "./consume.ts";
import type { StepEvent, TrainEvent } from "./events.ts";
import { createMemoryStore } from "./memory-store.ts";
import { muon } from "./muon.ts";
import { bigramTask, smallRun } from "./testing/bigram.ts";
import { train } from "./train.ts";
import type { TrainOptions } from "./train-options.ts";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

const headOnly = () => bigramTask({ dropoutRate: 0.2, trains: (path) => path.startsWith("head.") });

async function run(changes: Partial<TrainOptions<Batch>>, store = createMemoryStore()) {
  const events: TrainEvent[] = [];
  const options = smallRun({ checkpoint: { store, every: 5 }, ...changes });
  const { parameters } = await consume(train(options), (event) => void events.push(event));
  disposeTree(parameters);
  const steps = events.filter((event): event is StepEvent => event.type === "step");
  return { events, steps, kept: store.newest() as Snapshot };
}

const numbers = ({ model }: Snapshot, path: string) => [...(model[path]!.data as Float32Array)];

test("frozen parameters stay bit for bit, have no optimiser state, and stand in the checkpoint in their place", async () => {
  const start = await run({ steps: 0 });
  const { kept, events } = await run({ task: headOnly() });
  expect(numbers(kept, "embedding")).toEqual(numbers(start.kept, "embedding"));
  expect(numbers(kept, "head.weight")).not.toEqual(numbers(start.kept, "head.weight"));
  expect(Object.keys(kept.model)).toEqual(["embedding", "head.weight", "head.bias"]);
  expect(Object.keys(kept.optimizer)).toEqual(["m.head.weight", "m.head.bias", "v.head.weight", "v.head.bias"]);
  expect(events[0]).toMatchObject({ type: "started", parameters: 7 * 5 + 5 * 7 + 7 });
  expect(events.filter(({ type }) => type === "warning")).toEqual([]);
});

test("the gradient norm, and so clipping, is of the trained parameters alone", async () => {
  const norms: number[] = [];
  const { optimizer: inner } = smallRun();
  const optimizer: TrainOptions<Batch>["optimizer"] = {
    ...inner,
    apply(trained, gradients, update) {
      const flat = Object.entries(flattenTree(gradients));
      expect(flat.map(([path]) => path)).toEqual(["head.weight", "head.bias"]);
      const scaled = flat.flatMap(([, leaf]) => [...leaf.dataSync()].map((value) => value * update.gradientScale));
      norms.push(Math.hypot(...scaled));
      return inner.apply(trained, gradients, update);
    },
  };
  const [frozen, free] = [
    await run({ task: headOnly(), optimizer, steps: 1, clipNorm: 0.1 }),
    await run({ steps: 1, clipNorm: 0.1 }),
  ];
  expect(norms[0]).toBeCloseTo(0.1, 6);
  expect(frozen.steps[0]!.loss).toBe(free.steps[0]!.loss);
  expect(frozen.steps[0]!.gradientNorm).toBeLessThan(free.steps[0]!.gradientNorm);
});

test.each([smallRun().optimizer, muon({ hidden: () => true })])(
  "$name: a run with frozen parameters resumes bit for bit, and refuses to thaw them",
  async (optimizer) => {
    const whole = await run({ task: headOnly(), optimizer });
    const store = createMemoryStore();
    await run({ task: headOnly(), optimizer, steps: 7 }, store);
    const resumed = await run({ task: headOnly(), optimizer, resume: true }, store);
    expect(resumed.steps.map(({ step }) => step)).toEqual([8, 9, 10, 11, 12]);
    expect(resumed.kept.model).toEqual(whole.kept.model);
    expect(resumed.kept.optimizer).toEqual(whole.kept.optimizer);
    await expect(run({ optimizer, resume: true }, store)).rejects.toMatchObject({
      code: "checkpoint/other-run",
      details: { differences: ['frozen was ["embedding"], is absent'] },
    });
  },
);

test("live tensors are constant while parameters are frozen, and an evaluation sees all of them", async () => {
  const before = tf.memory().numTensors;
  const live = new Set<number>();
  const seen: string[][] = [];
  const evaluate = {
    every: 4,
    async run(parameters: ParameterTree) {
      seen.push(Object.keys(flattenTree(parameters)));
      return {};
    },
  };
  const stream = train(smallRun({ task: headOnly(), evaluate }));
  const { parameters } = await consume(stream, ({ type }) => {
    if (type === "step") live.add(tf.memory().numTensors);
  });
  expect(live.size).toBe(1);
  expect(seen[0]).toEqual(["embedding", "head.weight", "head.bias"]);
  disposeTree(parameters);
  expect(tf.memory().numTensors).toBe(before);
});

test("given parameters that do not fit the task are refused by name, and disposed", async () => {
  const before = tf.memory().numTensors;
  const { parameters } = await consume(train(smallRun({ steps: 0 })));
  const widened = mapTree(parameters, (leaf, path) => (path === "head.bias" ? tf.zeros([9]) : tf.clone(leaf)));
  disposeTree(parameters);
  await expect(run({ parameters: widened })).rejects.toMatchObject({
    code: "trainer/given-parameters",
    message: expect.stringContaining("head.bias should be [7], got [9]"),
  });
  expect(tf.memory().numTensors).toBe(before);
});
