import { ConfigError } from "@trivium/core";
import { type Batch, batchesByStep, toBatch } from "@trivium/features";
import { copyTree, disposeTree, flattenTree, type ParameterTree, type Tensor, tf } from "@trivium/tensor";
import { beforeAll, expect, test } from "vitest";
import { accumulate } from "./accumulate.ts";
import { adamW } from "./adam-w.ts";
import { constant } from "./constant.ts";
import { consume } from "./consume.ts";
import type { StepEvent, TrainEvent } from "./events.ts";
import { createMemoryStore } from "./memory-store.ts";
import type { Optimizer } from "./optimizer.ts";
import type { Task } from "./task.ts";
import { batchOf, bigramTask, countingBatches, row, smallRun, VOCABULARY } from "./testing/bigram.ts";
import { train } from "./train.ts";
import type { TrainOptions } from "./train-options.ts";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

/** Runs to the end; the parameters as plain numbers, everything disposed. */
async function run(options: TrainOptions<Batch>) {
  const events: TrainEvent[] = [];
  const result = await consume(train(options), (event) => void events.push(event));
  const weights = read(result.parameters);
  disposeTree(result.parameters);
  const steps = events.filter((event): event is StepEvent => event.type === "step");
  return { ...result, events, steps, weights };
}

const read = (tree: ParameterTree): Record<string, number[]> =>
  Object.fromEntries(Object.entries(flattenTree<Tensor>(tree)).map(([path, leaf]) => [path, [...leaf.dataSync()]]));

const once = (batch: Batch | readonly Batch[]) => batchesByStep(() => [batch].flat() as readonly Batch[]);

test("a run yields started, its steps and stopped, and learns", async () => {
  const { events, steps, step, reason } = await run(
    smallRun({ steps: 150, task: bigramTask(), batches: once(countingBatches(0)) }),
  );
  expect(events[0]).toMatchObject({ type: "started", step: 0, steps: 150, parameters: 7 * 5 + 5 * 7 + 7 });
  expect(events.at(-1)).toMatchObject({ type: "stopped", reason: "finished", step: 150 });
  expect([step, reason, steps.length]).toEqual([150, "finished", 150]);
  expect(steps.at(-1)!.loss).toBeLessThan(0.5 * steps[0]!.loss);
});

test("events are plain data with counts that add up", async () => {
  const task: Task<Batch> = {
    ...bigramTask(),
    counts: ({ supervisedTokens, seenTokens }) => ({ supervisedTokens, seenTokens, flops: 10 * seenTokens }),
  };
  const { events, steps } = await run(smallRun({ steps: 5, task }));
  expect(JSON.parse(JSON.stringify(events))).toEqual(events);
  expect(steps.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5]);
  // Two micro-batches: rows of 4 and 6 ids, and one of 3, 4, 5, 3, 4; each id but the last is seen, each but the first is a target.
  expect(steps.map(({ supervisedTokens }) => supervisedTokens)).toEqual([10, 11, 12, 10, 11]);
  expect(steps.map(({ seenTokens }) => seenTokens)).toEqual([10, 11, 12, 10, 11]);
  expect(steps.at(-1)!.totals).toMatchObject({ supervisedTokens: 54, seenTokens: 54, flops: 540 });
  for (const step of steps) expect(step.tokensPerSecond).toBeCloseTo(step.seenTokens / step.seconds, 6);
});

test("phases are told in order, two micro-batches a step", async () => {
  const phases: string[] = [];
  await run(smallRun({ steps: 2, onPhase: (phase) => void phases.push(phase) }));
  const step = ["data", "forward", "backward", "forward", "backward", "update", "end"];
  expect(phases).toEqual([...step, ...step]);
});

test("step events may be thinned out; the last step always has one", async () => {
  const { steps } = await run(smallRun({ steps: 11, logEvery: 4 }));
  expect(steps.map(({ step }) => step)).toEqual([4, 8, 11]);
});

test("the same seed twice differs by exactly nothing, another seed does", async () => {
  const [first, second, other] = [await run(smallRun()), await run(smallRun()), await run(smallRun({ seed: 4 }))];
  expect(second.weights).toEqual(first.weights);
  expect(second.steps.map(({ loss }) => loss)).toEqual(first.steps.map(({ loss }) => loss));
  expect(other.weights).not.toEqual(first.weights);
});

test("each step and micro-batch drops other elements", async () => {
  const same = once([batchOf(row([1, 2, 3])), batchOf(row([1, 2, 3]))]);
  const seeds: string[] = [];
  const task = bigramTask();
  const spy: Task<Batch> = {
    ...task,
    loss(parameters, batch, options) {
      seeds.push(options.seed);
      return task.loss(parameters, batch, options);
    },
  };
  await run(smallRun({ task: spy, batches: same, steps: 2, seed: "s" }));
  expect(seeds).toEqual(["s/0/0", "s/0/1", "s/1/0", "s/1/1"]);
});

test("pitfall 23: micro-batches of unequal length are one big batch, not a mean of means", async () => {
  const [short, long] = [row([1, 2], 0), row([3, 4, 5, 6, 1, 2, 0], 2)];
  const options = { task: bigramTask(), optimizer: adamW({ epsilon: 1e-3 }), steps: 6 };
  const split = await run(smallRun({ ...options, batches: once([batchOf(short), batchOf(long)]) }));
  const whole = await run(smallRun({ ...options, batches: once(toBatch([short, long], { pad: 0 })) }));
  split.steps.forEach((step, at) => {
    expect(step.loss).toBeCloseTo(whole.steps[at]!.loss, 5);
    expect(step.gradientNorm).toBeCloseTo(whole.steps[at]!.gradientNorm, 5);
    expect(step.supervisedTokens).toBe(whole.steps[at]!.supervisedTokens);
  });
  for (const [path, values] of Object.entries(split.weights)) {
    for (const [at, value] of values.entries()) expect(value).toBeCloseTo(whole.weights[path]![at]!, 4);
  }
  const alone = async (batch: Batch) =>
    (await run(smallRun({ ...options, steps: 1, batches: once(batch) }))).steps[0]!.loss;
  const meanOfMeans = ((await alone(batchOf(short))) + (await alone(batchOf(long)))) / 2;
  expect(Math.abs(split.steps[0]!.loss - meanOfMeans)).toBeGreaterThan(1e-3);
});

test("losses by task are means over their own targets, over micro-batches and shards, and make up the loss", async () => {
  const before = tf.memory().numTensors;
  const tasked = (ids: readonly number[], task?: string) => ({ ...row(ids), task });
  const micro = [
    batchOf(tasked([1, 2, 3], "copy"), tasked([4, 5], "sort")),
    batchOf(tasked([6, 5, 4, 3], "copy"), tasked([2, 1])),
    batchOf(tasked([2, 3, 2], "sort")),
  ];
  const source = batchesByStep(() => micro);
  const [whole, sharded] = [
    await run(smallRun({ task: bigramTask(), steps: 2, batches: source })),
    await run(smallRun({ task: bigramTask(), steps: 2, batches: source, shards: 3 })),
  ];
  const [first] = whole.steps;
  expect(Object.entries(first?.tasks ?? {}).map(([task, part]) => [task, part.supervisedTokens])).toEqual([
    ["copy", 5],
    ["sort", 3],
  ]);
  const untasked = await run(smallRun({ task: bigramTask(), steps: 1, batches: once([batchOf(row([2, 1]))]) }));
  expect(untasked.steps[0]?.tasks).toBeUndefined();
  const parts = Object.values(first?.tasks ?? {}).map(({ loss, supervisedTokens }) => loss * supervisedTokens);
  const sum = parts.reduce((all, part) => all + part, 0) + (untasked.steps[0]?.loss ?? 0);
  expect(sum / 9).toBeCloseTo(first?.loss ?? 0, 5);
  for (const [step, { tasks }] of sharded.steps.entries())
    for (const [task, { loss }] of Object.entries(tasks ?? {}))
      expect(loss).toBeCloseTo(whole.steps[step]?.tasks?.[task]?.loss ?? Number.NaN, 5);
  expect(tf.memory().numTensors).toBe(before);
});

test("pitfall 25: a batch without targets has the loss 0, says so once, and breaks nothing", async () => {
  const ignored = batchOf(row([1, 2, 3], 2));
  const { steps, events, weights } = await run(smallRun({ steps: 3, batches: once(ignored) }));
  expect(steps.map(({ loss, gradientNorm }) => [loss, gradientNorm])).toEqual([
    [0, 0],
    [0, 0],
    [0, 0],
  ]);
  expect(events.filter(({ type }) => type === "warning")).toMatchObject([{ code: "trainer/no-targets", step: 1 }]);
  expect(Object.values(weights).flat().every(Number.isFinite)).toBe(true);
});

test("clipping bounds the update as in float64, and the event tells the norm before it", async () => {
  const task = bigramTask();
  const batches = countingBatches(0);
  const parameters = await initial(smallRun({ task }));
  const { gradients, losses, tokens } = await accumulate({
    parameters,
    batches,
    loss: (batch: Batch) => task.loss(parameters, batch, { seed: "", recompute: false }),
  });
  const flat = Object.values(read(gradients))
    .flat()
    .map((value) => value / tokens);
  const norm = Math.hypot(...flat);
  const received: number[] = [];
  const recorder = adamW();
  const optimizer: Optimizer = {
    ...recorder,
    apply(trained, raw, update) {
      received.push(
        ...Object.values(read(raw))
          .flat()
          .map((value) => value * update.gradientScale),
      );
      return recorder.apply(trained, raw, update);
    },
  };
  const { steps } = await run(
    smallRun({ task, parameters, optimizer, batches: once(batches), steps: 1, clipNorm: 0.1 }),
  );
  expect(steps[0]!.gradientNorm).toBeCloseTo(norm, 5);
  expect(norm).toBeGreaterThan(0.1);
  expect(Math.hypot(...received)).toBeCloseTo(0.1, 6);
  for (const [at, value] of received.entries()) expect(value).toBeCloseTo((flat[at]! * 0.1) / norm, 6);
  disposeTree(gradients);
  tf.dispose([...losses]);
});

/** A copy of the parameters that a run of these options starts from. */
async function initial(options: TrainOptions<Batch>): Promise<ParameterTree> {
  const { parameters } = await consume(train({ ...options, steps: 0 }));
  const copy = copyTree(parameters);
  disposeTree(parameters);
  return copy;
}

test("a parameter that the loss does not reach is named in one warning", async () => {
  const { events } = await run(smallRun({ task: bigramTask({ unreached: true }), steps: 3 }));
  const warnings = events.filter(({ type }) => type === "warning");
  expect(warnings).toMatchObject([{ code: "trainer/unreached-parameters", step: 1 }]);
  expect(JSON.stringify(warnings)).toContain("idle");
});

test("pitfall 34: live tensors are constant over 50 steps, with evaluation and checkpoints, and all returned at the end", async () => {
  const before = tf.memory().numTensors;
  const live: number[] = [];
  const result = await consume(
    train(
      smallRun({
        steps: 50,
        checkpoint: { store: createMemoryStore(), every: 7 },
        evaluate: { every: 5, run: async () => ({ loss: 1 }) },
      }),
    ),
    ({ type }) => void (type === "step" && live.push(tf.memory().numTensors)),
  );
  expect(live).toHaveLength(50);
  expect(new Set(live).size).toBe(1);
  expect(tf.memory().numTensors).toBe(before + 3);
  disposeTree(result.parameters);
});

test("a consumer that stops early leaves no tensor behind", async () => {
  const before = tf.memory().numTensors;
  for await (const { type } of train(smallRun())) if (type === "step") break;
  for await (const { type } of train(smallRun())) if (type === "started") break;
  expect(tf.memory().numTensors).toBe(before);
});

test("a sink that throws stops the run, and its error is the one that is seen", async () => {
  const before = tf.memory().numTensors;
  const failing = consume(train(smallRun()), ({ type }) => {
    if (type === "step") throw new Error("disk full");
  });
  await expect(failing).rejects.toThrow("disk full");
  expect(tf.memory().numTensors).toBe(before);
});

test("two runs that take turns equal the same runs one after the other", async () => {
  const options = [smallRun({ seed: 1 }), smallRun({ seed: 2, task: bigramTask({ dropoutRate: 0.1 }) })];
  const alone = [await run(options[0]!), await run(options[1]!)];
  const before = tf.memory().numTensors;
  const together = await Promise.all(options.map(run));
  expect(together.map(({ weights }) => weights)).toEqual(alone.map(({ weights }) => weights));
  expect(tf.memory().numTensors).toBe(before);
});

test("an evaluation borrows the parameters, every so many steps and after the last", async () => {
  const seen: number[] = [];
  const evaluate = {
    every: 4,
    run: async (parameters: ParameterTree, step: number) => {
      expect(flattenTree<Tensor>(parameters).embedding!.shape).toEqual([VOCABULARY, 5]);
      seen.push(step);
      return { targetLoss: step / 2 };
    },
  };
  const { events } = await run(smallRun({ steps: 10, evaluate }));
  expect(seen).toEqual([4, 8, 10]);
  expect(events).toContainEqual({ type: "evaluated", step: 8, metrics: { targetLoss: 4 } });
});

const failures = [
  ["memory", new ConfigError("simd/out-of-memory", "the system refused")],
  ["a bug of a metric", new TypeError("ids is not iterable")],
  ["something that is no error", "nonsense"],
] as const;

test.each(failures)("an evaluation that fails of %s ends in a warning, and no bit changes", async (_, cause) => {
  const store = createMemoryStore();
  const evaluate = { every: 4, run: () => Promise.reject(cause) };
  const { events, weights, reason } = await run(smallRun({ evaluate, checkpoint: { store, every: 4 } }));
  expect(reason).toBe("finished");
  expect(weights).toEqual((await run(smallRun())).weights);
  const warnings = events.filter(({ type }) => type === "warning");
  expect(warnings).toMatchObject([4, 8, 12].map((step) => ({ step, code: "trainer/evaluation-failed" })));
  const reported = cause instanceof Error ? cause.message : cause;
  expect(warnings[0]).toMatchObject({ message: expect.stringContaining(reported) });
});

test.each(failures)("an evaluation that fails of %s stops the run if asked, with its step saved", async (_, cause) => {
  const before = tf.memory().numTensors;
  const store = createMemoryStore();
  const checkpoint = { store, every: 3 };
  const evaluate = { every: 4, onFailure: "stop", run: () => Promise.reject(cause) } as const;
  await expect(run(smallRun({ evaluate, checkpoint }))).rejects.toBe(cause);
  expect(store.newest()!.state.step).toBe(4);
  expect(tf.memory().numTensors).toBe(before);
  const { weights } = await run(smallRun({ checkpoint, resume: true }));
  expect(weights).toEqual((await run(smallRun())).weights);
});

test("an evaluation that fails after the last step leaves the finished run in its store", async () => {
  const store = createMemoryStore();
  const evaluate = { every: 100, onFailure: "stop", run: () => Promise.reject(new Error("no")) } as const;
  await expect(run(smallRun({ evaluate, checkpoint: { store } }))).rejects.toThrow("no");
  expect(store.newest()!.state.step).toBe(12);
});

test("a run that is killed while it evaluates has lost no step, and evaluates again if the metrics are not recorded", async () => {
  const store = createMemoryStore();
  const checkpoint = { store, every: 100 };
  const saved: (number | undefined)[] = [];
  const killed = async () => {
    saved.push(store.newest()?.state.step);
    throw new Error("killed");
  };
  const stopping = { every: 4, run: killed, onFailure: "stop" } as const;
  await expect(run(smallRun({ evaluate: stopping, checkpoint }))).rejects.toThrow("killed");
  expect(saved).toEqual([4]);
  const seen: number[] = [];
  const evaluate = { every: 4, run: async (_: unknown, step: number) => ({ at: seen.push(step) }) };
  const recorded = { ...evaluate, recorded: async () => ({ one: 1 }) };
  const unrecorded = { ...evaluate, recorded: async () => undefined };
  const again = await run(smallRun({ checkpoint, resume: true, evaluate: unrecorded }));
  expect(again.weights).toEqual((await run(smallRun())).weights);
  await run(smallRun({ checkpoint, resume: true, evaluate: recorded }));
  expect(seen).toEqual([4, 8, 12]);
  // Killed in the last evaluation, a finished run still gets it.
  await run(smallRun({ checkpoint, resume: true, evaluate: unrecorded }));
  expect(seen).toEqual([4, 8, 12, 12]);
});

test("a norm of 0 means no clipping", async () => {
  const { weights } = await run(smallRun({ clipNorm: 0 }));
  expect(weights).toEqual((await run(smallRun({ clipNorm: undefined }))).weights);
  expect(weights).not.toEqual((await run(smallRun({ clipNorm: 0.1 }))).weights);
});

test.each([
  ["steps", 10, 1],
  ["the micro-batches of one step", 1, 10],
])("timers run between %s, though each is synchronous work", async (_, steps, microBatches) => {
  let ticks = 0;
  const timer = setInterval(() => ticks++, 5);
  const slow = bigramTask({
    change(sum) {
      const end = performance.now() + 10;
      while (performance.now() < end);
      return sum;
    },
  });
  const batches = once(Array.from({ length: microBatches }, () => batchOf(row([1, 2, 3]))));
  await run(smallRun({ task: slow, steps, batches }));
  clearInterval(timer);
  expect(ticks).toBeGreaterThanOrEqual(4);
});

test("an empty step and a schedule without a rate are refused, and nothing leaks", async () => {
  const before = tf.memory().numTensors;
  await expect(run(smallRun({ batches: once([]) }))).rejects.toMatchObject({ code: "trainer/no-batches" });
  await expect(run(smallRun({ schedule: () => Number.NaN }))).rejects.toMatchObject({ code: "trainer/learning-rate" });
  expect(tf.memory().numTensors).toBe(before);
});

test.each([
  [{ steps: 1.5 }, /steps/],
  [{ clipNorm: -1 }, /clipNorm/],
  [{ logEvery: 0 }, /logEvery/],
  [{ shards: 0 }, /shards/],
  [{ task: bigramTask({ trains: () => false }) }, /trains/],
  [{ checkpoint: { store: createMemoryStore(), every: 0 } }, /checkpoint\.every/],
  [{ divergence: { patience: 0 } }, /patience/],
  [{ resume: true }, /store/],
])("options out of range are refused by name: %o", async (changes, name) => {
  const before = tf.memory().numTensors;
  const refused = consume(train(smallRun({ parameters: { a: tf.tensor1d([1]) }, ...changes })));
  await expect(refused).rejects.toMatchObject({ code: "trainer/options", message: expect.stringMatching(name) });
  expect(tf.memory().numTensors).toBe(before);
});

test("given parameters are the ones trained, and are consumed", async () => {
  const parameters = await initial(smallRun({ seed: 9 }));
  const { weights } = await run(smallRun({ parameters, steps: 0, schedule: constant({ rate: 0 }) }));
  expect(weights).toEqual((await run(smallRun({ seed: 9, steps: 0 }))).weights);
  expect(flattenTree<Tensor>(parameters).embedding!.isDisposed).toBe(true);
});
