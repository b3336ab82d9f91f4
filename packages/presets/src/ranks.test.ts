import { createHash } from "node:crypto";
import { encodeSafetensors, type NamedArrays } from "@trivium/checkpoint";
import { type Prepared, prepare, type RecipeInput, trainOptions } from "@trivium/compose";
import { type Collective, createSeats, joinThreads, sharded } from "@trivium/distributed";
import { createRegistry } from "@trivium/registry";
import { disposeTree, tf } from "@trivium/tensor";
import { consume, createMemoryStore, train } from "@trivium/trainer";
import { expect, test } from "vitest";
import { presets } from "./index.ts";

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

const digestOf = (arrays: NamedArrays): string => createHash("sha256").update(encodeSafetensors(arrays)).digest("hex");

/** Trains, and returns digests of parameters and optimiser state, and the numbers of each step. */
async function trained(prepared: Prepared, collective?: Collective) {
  const store = createMemoryStore();
  const options = { ...trainOptions(prepared), steps: STEPS, checkpoint: { store } };
  const losses: number[] = [];
  const sharding = collective && sharded(collective, { compareEvery: 2 });
  const result = await consume(train({ ...options, sharding }), (event) => {
    if (event.type === "step") losses.push(event.loss, event.gradientNorm);
  });
  disposeTree(result.parameters);
  const { model, optimizer } = store.newest()!;
  return { model: digestOf(model), optimizer: digestOf(optimizer), losses };
}

test.each(cases)(
  "$architecture by $optimizer: 2 and 4 ranks have the bits of one process",
  async ({ architecture, optimizer }) => {
    const prepared = await prepare({ ...recipe, architecture, optimizer: { name: optimizer } }, registry);
    await prepared.engine.backend?.activate();
    const before = tf.memory().numTensors;
    const alone = await trained(prepared);
    expect(alone.losses).toHaveLength(2 * STEPS);
    for (const size of [2, 4]) {
      const ranks = await Promise.all(createSeats(size).map((seat) => trained(prepared, joinThreads(seat))));
      for (const rank of ranks) expect(rank).toEqual(alone);
    }
    expect(tf.memory().numTensors).toBe(before);
  },
);
