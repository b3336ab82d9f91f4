import { once } from "node:events";
import { type Transferable, Worker } from "node:worker_threads";
import { prepare, type RecipeInput, trainOptions } from "@trivium/compose";
import { createSeats, joinThreads, type Network, planStep, portsOf, type Seat, sharded } from "@trivium/distributed";
import { createRegistry } from "@trivium/registry";
import { disposeTree, tf } from "@trivium/tensor";
import { type CheckpointStore, consume, createMemoryStore, train } from "@trivium/trainer";
import { expect, test } from "vitest";
import { presets } from "./index.ts";
import { trainRank } from "./testing/train-rank.ts";

const registry = createRegistry(presets);

/** Steps of a run: those of a test, or of the long form. */
const STEPS = process.env.TRIVIUM_LONG ? 50 : 2;

const architectures = ["causal", "prefix", "encoder-decoder"];

/** Each architecture and each optimiser; in the long form, all pairs of them. */
const cases = ["adam-w", "muon"].flatMap((optimizer, at) =>
  architectures
    .filter((_, place) => process.env.TRIVIUM_LONG || place % 2 === at || place === 0)
    .map((architecture) => ({ architecture, optimizer })),
);

/** Dropout, micro-batches, packed rows, clipping, and matrices that are large enough to be cut among ranks. */
const recipe = {
  model: { width: 48, layers: 2, heads: 2, dropout: 0.1 },
  data: { name: "reverse", options: { train: 200, validation: 8, test: 8, length: 8, testLengths: [8] } },
  backend: { name: "simd", options: { threads: 1, gemm: "wasm" } },
  steps: 50,
  batch: 16,
  microBatch: 2,
  packing: 48,
  shards: 4,
  clipNorm: 0.5,
  schedule: { options: { peak: 1e-2, warmupSteps: 2 } },
} satisfies RecipeInput;

test.each(cases)(
  "$architecture by $optimizer: 2 and 4 ranks have the bits of one process",
  async ({ architecture, optimizer }) => {
    const prepared = await prepare({ ...recipe, architecture, optimizer: { name: optimizer } }, registry);
    await prepared.engine.backend?.activate();
    const before = tf.memory().numTensors;
    const alone = await trainRank(prepared, STEPS);
    expect(alone.losses).toHaveLength(2 * STEPS);
    for (const size of [2, 4]) {
      const ranks = await Promise.all(createSeats(size).map((seat) => trainRank(prepared, STEPS, joinThreads(seat))));
      for (const rank of ranks) expect(rank).toEqual(alone);
    }
    expect(tf.memory().numTensors).toBe(before);
  },
);

/** Trains in a thread of its own. */
async function inThread(seat: Seat, given: RecipeInput): Promise<unknown> {
  const thread = new Worker(new URL("./testing/rank-thread.ts", import.meta.url), {
    execArgv: ["--conditions=@trivium/source"],
    workerData: { seat, recipe: given, steps: STEPS },
    // The types of the DOM do not know that Node's ports are these.
    transferList: portsOf(seat) as unknown[] as Transferable[],
  });
  const [outcome] = await once(thread, "message");
  await thread.terminate();
  return outcome;
}

test.each(process.env.TRIVIUM_LONG ? cases : cases.slice(1, 2))(
  "$architecture by $optimizer: ranks that are threads have the bits of one process",
  async ({ architecture, optimizer }) => {
    const given = { ...recipe, architecture, optimizer: { name: optimizer } };
    const prepared = await prepare(given, registry);
    await prepared.engine.backend?.activate();
    const alone = await trainRank(prepared, STEPS);
    for (const size of process.env.TRIVIUM_LONG ? [1, 2, 4] : [2]) {
      const ranks = await Promise.all(createSeats(size).map((seat) => inThread(seat, given)));
      for (const rank of ranks) expect(rank).toEqual(alone);
    }
  },
);

test("a rank holds its share of the optimiser's state: 1/W of it", async () => {
  const prepared = await prepare({ ...recipe, model: { ...recipe.model, width: 128 } }, registry);
  await prepared.engine.backend?.activate();
  /** Bytes that each of several ranks holds after a step. */
  const bytesOf = (size: number) =>
    Promise.all(
      createSeats(size).map(async (seat) => {
        let bytes = 0;
        const store: CheckpointStore = {
          ...createMemoryStore(),
          collectsRows: true,
          async save({ optimizer }) {
            bytes = Object.values(optimizer).reduce((sum, { data }) => sum + data.byteLength, 0);
          },
        };
        const options = { ...trainOptions(prepared), steps: 1, checkpoint: { store } };
        const { parameters } = await consume(train({ ...options, sharding: sharded(joinThreads(seat)) }));
        disposeTree(parameters);
        return bytes;
      }),
    );
  const [whole] = await bytesOf(1);
  for (const size of [2, 4]) {
    const each = await bytesOf(size);
    expect(each.reduce((sum, bytes) => sum + bytes, 0)).toBe(whole);
    expect(Math.max(...each)).toBeLessThan((whole! / size) * 1.05);
  }
});

/** Steps in which code is compiled. Ranks take more of them than a process alone, which does more in each. */
const WARM_STEPS = 30;

interface Timed {
  readonly seconds: readonly number[];
  readonly parameters: number;
  readonly tensors: number;
  readonly network: Network;
}

/** The times of processes beside each other, or of the ranks of a group. */
const timed = (seats: readonly (Seat | undefined)[], delayMs = 0): Promise<readonly Timed[]> =>
  Promise.all(
    seats.map(async (seat) => {
      const thread = new Worker(new URL("./testing/timed-thread.ts", import.meta.url), {
        execArgv: ["--conditions=@trivium/source"],
        workerData: { seat, recipe: { ...recipe, batch: 64, microBatch: 16 }, steps: 2 * WARM_STEPS, delayMs },
        transferList: (seat ? portsOf(seat) : []) as unknown[] as Transferable[],
      });
      const [outcome] = (await once(thread, "message")) as [Timed];
      await thread.terminate();
      return outcome;
    }),
  );

/** Times of steps behind those in which code is compiled. */
const timesOf = ({ seconds }: Timed): readonly number[] => seconds.slice(WARM_STEPS);

const medianOf = (times: readonly number[]): number => times.toSorted((a, b) => a - b)[times.length >> 1]!;

// Times are compared, which the load of a test beside it would change: in the long form alone.
const delays = process.env.TRIVIUM_LONG ? [5, 20].flatMap((delayMs) => [2, 4].map((size) => ({ delayMs, size }))) : [];

test.each(delays)(
  "a plan for $size ranks that are $delayMs ms late is within a fifth of what is measured",
  async ({ delayMs, size }) => {
    const alone = () => timed(Array.from({ length: size }, () => undefined));
    // Before and behind, so that the load of the machine is that of the ranks.
    const before = await alone();
    const ranks = await timed(createSeats(size), delayMs);
    const beside = [...before, ...(await alone())].map(timesOf);
    const { parameters, tensors, network } = ranks[0]!;
    const seconds = beside.reduce((sum, times) => sum + medianOf(times), 0) / beside.length;
    const work = { seconds, times: beside.flat(), parameters, tensors, shards: 4 };
    const planned = planStep(work, network, size).seconds;
    const measured = medianOf(timesOf(ranks[0]!));
    console.log(`${delayMs} ms, ${size} ranks: planned ${planned.toFixed(4)} s, measured ${measured.toFixed(4)} s`);
    expect(Math.abs(planned / measured - 1)).toBeLessThan(0.2);
  },
);
