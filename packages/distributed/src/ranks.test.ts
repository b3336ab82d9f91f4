import { CheckpointError, ConfigError } from "@trivium/core";
import { disposeTree, type ParameterTree, type Scalar, tf } from "@trivium/tensor";
import "@tensorflow/tfjs-backend-cpu";
import {
  adamW,
  type CheckpointStore,
  constant,
  consume,
  createMemoryStore,
  type Snapshot,
  type Task,
  train,
} from "@trivium/trainer";
import { beforeAll, expect, test } from "vitest";
import { alone } from "./alone.ts";
import { assertSameRanks } from "./assert-same-ranks.ts";
import type { Collective } from "./collective.ts";
import { compareReplicas } from "./compare-replicas.ts";
import { firstStore } from "./first-store.ts";
import { fromFirst } from "./from-first.ts";
import { measureNetwork } from "./measure-network.ts";
import { exchangeSeconds, planStep } from "./plan-step.ts";
import { sharded } from "./sharded.ts";
import { createSeats, joinThreads } from "./threads.ts";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

/** Runs a program on each rank of a group, and returns the outcomes. */
const onRanks = <T>(size: number, program: (collective: Collective) => Promise<T>) =>
  Promise.allSettled(createSeats(size).map(joinThreads).map(program));

const errorsOf = (outcomes: readonly PromiseSettledResult<unknown>[]) =>
  outcomes.map((one) => (one.status === "rejected" ? one.reason : undefined));

test("ranks that were started alike may go on, and differences name both ranks", async () => {
  const facts = (rank: number) => ({
    run: { data: rank === 2 ? "b" : "a", model: { width: 8 } },
    arithmetic: { gemm: rank === 1 ? "wasm" : "onednn" },
  });
  expect(await assertSameRanks(alone(), facts(0))).toEqual([]);
  const refused = await onRanks(3, (one) => assertSameRanks(one, facts(one.rank)));
  for (const error of errorsOf(refused)) {
    expect(error).toBeInstanceOf(ConfigError);
    expect(error).toMatchObject({ code: "distributed/ranks-differ" });
    expect(error.message).toContain(
      'data is "a" on rank 0, "b" on rank 2; gemm is "onednn" on rank 0, "wasm" on rank 1',
    );
  }
  const allowed = await onRanks(2, (one) => assertSameRanks(one, facts(one.rank), { allowNumericChange: true }));
  for (const one of allowed) expect(one).toMatchObject({ value: ['gemm is "onednn" on rank 0, "wasm" on rank 1'] });
});

test.each([
  { size: 2, broken: 1 },
  { size: 3, broken: 0 },
])("one flipped bit on rank $broken of $size is found, with its tensor and place", async ({ size, broken }) => {
  const treeOf = (rank: number): ParameterTree => {
    const values = Float32Array.from({ length: 12 }, (_, at) => at / 7);
    if (rank === broken) new Uint32Array(values.buffer)[7]! ^= 1;
    return { head: { bias: tf.ones([3]), weight: tf.tensor2d(values, [3, 4]) } };
  };
  const outcomes = await onRanks(size, async (one) => {
    const [tree, good] = [treeOf(one.rank), treeOf(9)];
    await compareReplicas(one, good, 100);
    return compareReplicas(one, tree, 200).finally(() => [tree, good].forEach(disposeTree));
  });
  for (const error of errorsOf(outcomes)) {
    expect(error).toMatchObject({
      code: "distributed/replicas-differ",
      details: { path: "head.weight", place: [1, 3] },
    });
    expect(error.details.ranks).toEqual(size === 2 ? [0, 1] : [1, 0]);
    expect(error.message).toContain("after step 200 the ranks hold different parameters: head.weight[1, 3]");
  }
});

test("rank 0 runs something for all, and its error is that of all", async () => {
  let runs = 0;
  const values = await onRanks(3, (one) => fromFirst(one, () => ({ runs: ++runs, loss: Number.NaN })));
  for (const one of values) expect(one).toMatchObject({ value: { runs: 1, loss: Number.NaN } });
  const full = () => Promise.reject(new CheckpointError("checkpoint/disk-full", "no room", { details: { bytes: 3 } }));
  for (const error of errorsOf(await onRanks(3, (one) => fromFirst(one, full)))) {
    expect(error).toBeInstanceOf(CheckpointError);
    expect(error).toMatchObject({ code: "checkpoint/disk-full", message: "no room", details: { bytes: 3 } });
  }
  const bug = () => Promise.reject(new TypeError("of no class of ours"));
  for (const error of errorsOf(await onRanks(2, (one) => fromFirst(one, bug))))
    expect(error.message).toContain("of no class of ours");
});

test("rank 0 keeps the checkpoints, with the optimiser state that each rank owns, and all ranks read them", async () => {
  const kept = createMemoryStore();
  const array = (...values: readonly number[]) => ({
    dtype: "F32" as const,
    shape: [values.length],
    data: Float32Array.from(values),
  });
  const snapshot = (step: number, rows = [3, Number.NaN]): Snapshot => ({
    model: { w: array(1, Number.NaN) },
    optimizer: { "m.w": array(...rows) },
    config: { recipe: { seed: 1 } },
    state: {
      step,
      seed: 1,
      totals: { supervisedTokens: 1, seenTokens: 2, seconds: 3 },
      losses: { smoothed: 1.5, best: 1, tooHigh: 0 },
      numericIdentity: { backend: "cpu" },
    },
  });
  const request = { identity: { seed: 1 }, resume: true };
  const outcomes = await onRanks(2, async (one) => {
    const store = firstStore(one, one.rank === 0 ? kept : createMemoryStore());
    const opened = await store.open(request);
    expect(opened).toEqual({ snapshot: undefined, skipped: [] });
    await store.save(snapshot(4, one.rank === 0 ? [3] : [Number.NaN]));
    const [newest, before, again] = [await store.newest(), await store.newest(4), await store.open(request)];
    return { newest, before, again };
  });
  for (const one of outcomes)
    expect(one).toEqual({
      status: "fulfilled",
      value: { newest: snapshot(4), before: undefined, again: { snapshot: snapshot(4), skipped: [] } },
    });
  const other = await onRanks(2, (one) => firstStore(one, kept).open({ identity: { seed: 2 }, resume: true }));
  for (const error of errorsOf(other)) expect(error).toMatchObject({ code: "checkpoint/other-run" });
});

test("shards that ranks cannot share evenly are refused, with numbers that work", async () => {
  for (const error of errorsOf(await onRanks(3, async (one) => sharded(one)(4))))
    expect(error).toMatchObject({
      code: "distributed/shards",
      message: "3 ranks share the shards of a step evenly, got 4; use --shards 3, or a number of ranks that divides 4",
    });
});

test("sums by the library's own order are refused where there is none", async () => {
  for (const error of errorsOf(await onRanks(2, async (one) => sharded(one, { fast: true })(2))))
    expect(error).toMatchObject({ code: "distributed/no-sum" });
  const store = createMemoryStore();
  const exact = createMemoryStore();
  await trainLine(alone(), store, { fast: true });
  await trainLine(alone(), exact);
  expect(store.newest()!.model.w!.data[0]).toBeCloseTo(exact.newest()!.model.w!.data[0] as number, 5);
});

test("each rank keeps optimiser state for its own share of the parameters", async () => {
  const parameters = [
    { path: "table", shape: [512, 64], isElementwise: true },
    { path: "bias", shape: [64], isElementwise: true },
    ...Array.from({ length: 4 }, (_, at) => ({ path: `layer${at}`, shape: [64, 64], isElementwise: false })),
  ];
  const sizes = await onRanks(4, async (one) => {
    const slices = sharded(one)(8).owned(parameters);
    return slices.reduce((sum, { from, to, path }) => sum + (to - from) * (path === "bias" ? 1 : 64), 0);
  });
  const owned = sizes.map((one) => (one.status === "fulfilled" ? one.value : 0));
  const whole = 512 * 64 + 64 + 4 * 64 * 64;
  expect(owned.reduce((sum, size) => sum + size, 0)).toBe(whole);
  for (const size of owned) expect(size).toBeLessThan((whole / 4) * 1.1);
});

/** Finds `w` in y = 3w. A batch is a number, and one of them may be none. */
const line: Task<number> = {
  specs: { w: { shape: [], initial: { constant: 0 } } },
  createParameters: () => ({ w: tf.scalar(0) }),
  counts: () => ({ supervisedTokens: 1, seenTokens: 1 }),
  describe: () => ({ name: "line" }),
  loss: ({ w }, y) => ({ sum: tf.square(tf.sub(tf.mul(w as Scalar, 3), y)) as Scalar, tokens: 1 }),
};

/** Trains on a rank; a NaN stands in the third shard of the step after `broken`. */
async function trainLine(
  collective: Collective,
  store: CheckpointStore,
  { broken, fast }: { readonly broken?: number | undefined; readonly fast?: boolean | undefined } = {},
) {
  const steps: number[] = [];
  const stream = train({
    task: line,
    batches: {
      step: ({ step, shards }) => ({
        batches: shards.map((shard) => [step === broken && shard === 2 ? Number.NaN : shard]),
        cursor: null,
      }),
    },
    optimizer: adamW(),
    schedule: constant({ rate: 0.05 }),
    steps: 9,
    seed: 1,
    shards: 4,
    sharding: sharded(collective, { fast }),
    checkpoint: { store: firstStore(collective, store), every: 2 },
  });
  const { parameters } = await consume(stream, (event) => void (event.type === "step" && steps.push(event.step)));
  disposeTree(parameters);
  return steps;
}

test("a NaN on one rank stops all ranks at the same step, and the checkpoint from before is good", async () => {
  const store = createMemoryStore();
  const outcomes = await onRanks(2, (one) => trainLine(one, store, { broken: 5 }));
  for (const error of errorsOf(outcomes)) {
    expect(error).toMatchObject({ code: "trainer/not-finite", details: { step: 6, savedStep: 4 } });
    expect(error.message).toContain("Resume from the good checkpoint of step 4 in memory");
  }
  expect(store.newest()).toMatchObject({ state: { step: 4, shards: 4, ranks: 2 } });
  expect([...(store.newest()!.model.w!.data as Float32Array)].every(Number.isFinite)).toBe(true);
});

test("a plan counts the exchanges that a step makes, and the gradients that it sends", async () => {
  let [exchanges, sent] = [0, 0];
  const counted = (one: Collective): Collective => ({
    ...one,
    allGather(part) {
      exchanges += 1;
      return one.allGather(part);
    },
    alltoall(parts) {
      exchanges += 1;
      sent += parts.reduce((sum, part, to) => sum + (to === one.rank ? 0 : part.length), 0);
      return one.alltoall(parts);
    },
  });
  await onRanks(2, (one) => trainLine(counted(one), createMemoryStore()));
  const planned = planStep({ seconds: 0, parameters: 1, shards: 4 }, { bandwidth: 1, latency: 1 }, 2);
  // Two waits of a second in each exchange. Beside nine steps, five checkpoints each have a vote.
  expect(exchanges / 2).toBe((9 * Math.round(planned.latency)) / 2 + 5);
  // Half of what is sent are gradients, the other half parameters.
  expect(sent / 2).toBe((9 * planned.transfer) / 2);
});

test("a network that is slow, and late, is measured as it is, and the plan has its time", async () => {
  const [bytes, latency, bandwidth] = [40_000, 0.01, 1e6];
  const networks = await onRanks(2, (one) => {
    let clock = 0;
    const slow: Collective = {
      ...one,
      alltoall(parts) {
        // Rank 1 sends a tenth more slowly. Threads themselves count as an exchange of 0.3 ms.
        const sent = parts.reduce((sum, part, to) => sum + (to === one.rank ? 0 : part.length), 0);
        clock += 1000 * (2 * latency + exchangeSeconds(2) + (sent * (one.rank === 1 ? 1.1 : 1)) / bandwidth);
        return one.alltoall(parts);
      },
    };
    return measureNetwork(slow, bytes, () => clock);
  });
  const [first, second] = networks.map((one) => (one.status === "fulfilled" ? one.value : undefined));
  expect(first).toEqual(second);
  expect(first!.latency).toBeCloseTo(latency, 5);
  expect(first!.bandwidth).toBeCloseTo(bandwidth / 1.1, -2);
  const plan = planStep({ seconds: 1, parameters: bytes / 4, shards: 2 }, first!, 2);
  expect(plan.transfer).toBeCloseTo((1.1 * bytes) / bandwidth, 4);
  await expect(measureNetwork(alone(), bytes)).rejects.toMatchObject({ code: "distributed/plan-ranks" });
});

test("a plan has less to gain from a slow network, and the more from every batch that a step adds up", () => {
  const work = { seconds: 8, parameters: 1e8, shards: 8 };
  const slow = { bandwidth: 1e8, latency: 1e-4 };
  const [one, two, eight] = [1, 2, 8].map((ranks) => planStep(work, slow, ranks));
  expect(one).toMatchObject({ seconds: 8, efficiency: 1 });
  expect(two!.transfer).toBeCloseTo(4, 5);
  expect(eight!.transfer).toBeCloseTo(7, 5);
  expect(eight!.efficiency).toBeLessThan(two!.efficiency);
  expect(planStep({ ...work, seconds: 64 }, slow, 8).efficiency).toBeGreaterThan(0.5);
  expect(planStep({ ...work, bytes: 2 }, slow, 8).transfer).toBeCloseTo(3.5, 5);
  // Three shards of six are no branch of the tree: a rank sends two sums.
  expect(planStep({ ...work, shards: 6 }, slow, 2).transfer).toBeCloseTo(6, 5);
  // The slower of two steps of 1, 2 or 3 s takes 2.4 s at the median, a fifth more than one.
  const uneven = planStep({ ...work, times: [3, 1, 2] }, slow, 2);
  expect(uneven.wait).toBeCloseTo(4 * (Math.SQRT1_2 - 0.5), 5);
  expect(uneven.seconds).toBeCloseTo(two!.seconds + uneven.wait, 5);
});
