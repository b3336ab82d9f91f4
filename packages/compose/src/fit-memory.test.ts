import { createSimdBackend } from "@trivium/backend-simd";
import { TriviumError } from "@trivium/core";
import { createDataset } from "@trivium/data";
import type { TextExample } from "@trivium/features";
import { disposeTree, tf } from "@trivium/tensor";
import { train } from "@trivium/trainer";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { evaluateOptions } from "./evaluate-options.ts";
import { type Prepared, type PrepareOptions, prepare, trainOptions } from "./prepare.ts";
import type { RecipeInput } from "./recipe.ts";
import { resolveEngine } from "./resolve.ts";
import { batchesAt } from "./testing/batches-at.ts";
import { registry } from "./testing/registry.ts";

const simd = createSimdBackend({ name: "simd-small-memory", memoryLimitBytes: 13 * 2 ** 20, threads: 1 });
/** `pnpm check:long` draws more. */
const runs = process.env.TRIVIUM_LONG ? 200 : 60;

beforeAll(async () => {
  await simd.activate();
  // The first small product allocates packing buffers, which the limit sets apart.
  tf.tidy(() => void tf.matMul(tf.ones([8, 8]), tf.ones([8, 8])));
});

const shapes = fc.record({
  architecture: fc.constantFrom("causal", "prefix", "encoder-decoder"),
  pairs: fc.boolean(),
  attention: fc.constantFrom("fused", "fused", "reference", "blockwise"),
  length: fc.integer({ min: 8, max: 96 }),
  batch: fc.integer({ min: 1, max: 24 }),
  microBatch: fc.option(fc.oneof(fc.integer({ min: 1, max: 24 }), fc.constant("auto" as const)), { nil: undefined }),
  packing: fc.option(fc.constantFrom(64, 128), { nil: undefined, freq: 4 }),
  shards: fc.constantFrom(1, 1, 1, 2, 3),
  recompute: fc.constantFrom(false, false, true),
  optimizer: fc.constantFrom("adam-w", "adam-w", "muon"),
  model: fc.record({
    width: fc.constantFrom(16, 32, 64, 128),
    heads: fc.constantFrom(1, 2, 4),
    layers: fc.integer({ min: 1, max: 6 }),
    activation: fc.constantFrom("gelu", "swiglu"),
    norm: fc.constantFrom("layer", "rms"),
    positions: fc.constantFrom("learned", "rotary", "t5", "none"),
    dropout: fc.constantFrom(0, 0.1),
  }),
});

type Shape = typeof shapes extends fc.Arbitrary<infer Value> ? Value : never;

/** Forty examples that fill the length, the last of them held out. */
function examplesOf({ length, pairs }: Pick<Shape, "length" | "pairs">): TextExample[] {
  const side = Math.max(2, Math.floor(length / 2) - 4);
  return Array.from({ length: 40 }, (_, index) => {
    const word = "abcdefgh".repeat(20).slice(index % 8, (index % 8) + (pairs ? side : length));
    return pairs ? { source: word, target: word, references: [word] } : { text: word };
  });
}

function prepareShape({ pairs, attention, recompute, optimizer, ...rest }: Shape): Promise<Prepared> {
  const examples = examplesOf({ length: rest.length, pairs });
  const recipe: RecipeInput = {
    ...rest,
    data: { name: "any" },
    optimizer: { name: optimizer },
    steps: 1,
    evaluation: { onFailure: "stop", decoded: 2 },
  };
  const engine = resolveEngine({ backend: { name: "cpu" }, attention: { name: attention } }, registry);
  const options: PrepareOptions = {
    recompute,
    engine: { ...engine, backend: simd },
    dataset: async () =>
      createDataset({
        name: "any",
        train: examples.slice(0, 24),
        validation: examples.slice(24),
        test: [],
        tokenizer: { name: "shared", tokenizer: { name: "byte" } },
      }),
  };
  return prepare(recipe, registry, options);
}

/** The bytes at the peak of a run's step. The evaluation behind it takes what is left. */
async function peakOfRun(prepared: Prepared, recompute: boolean): Promise<number> {
  const session = simd.profile();
  const { liveBytes } = simd.use();
  const stream = train({ ...trainOptions(prepared), recompute, evaluate: evaluateOptions(prepared) });
  try {
    let peak = 0;
    for (;;) {
      const { done, value } = await stream.next();
      if (done) {
        disposeTree(value.parameters);
        return peak;
      }
      if (value.type === "step") peak = session.take().peakBytes - liveBytes;
    }
  } finally {
    session.stop();
  }
}

test(`each of ${runs} random runs takes at most what was announced, or is refused before its first step`, async () => {
  const counts = { refused: 0, cut: 0, full: 0 };
  const check = async (shape: Shape): Promise<void> => {
    let prepared: Prepared;
    try {
      prepared = await prepareShape(shape);
    } catch (error) {
      if (!TriviumError.is(error, "compose/memory")) throw error;
      counts.refused++;
      const { microBatch } = error.details as { microBatch?: number };
      expect(error.message).toMatch(microBatch === undefined ? /No micro-batch fits/ : `--micro-batch ${microBatch}`);
      // The micro-batch of the message is one that runs.
      if (microBatch !== undefined) await check({ ...shape, microBatch });
      return;
    }
    const { bytes, limitBytes } = prepared.memory!;
    if (shape.microBatch === "auto" && prepared.recipe.microBatch !== undefined) counts.cut++;
    if (bytes > 0.75 * limitBytes) counts.full++;
    expect(await peakOfRun(prepared, shape.recompute)).toBeLessThanOrEqual(bytes);
  };
  const buffers = simd.use().liveBuffers;
  await fc.assert(fc.asyncProperty(shapes, check), { numRuns: runs, seed: 11 });
  expect(Math.min(...Object.values(counts))).toBeGreaterThan(runs / 40);
  expect(simd.use().liveBuffers).toBe(buffers);
}, 300_000);

const large: Shape = {
  architecture: "causal",
  pairs: false,
  attention: "fused",
  length: 64,
  batch: 24,
  microBatch: undefined,
  packing: undefined,
  shards: 1,
  recompute: false,
  optimizer: "adam-w",
  model: { width: 64, heads: 4, layers: 2, activation: "gelu", norm: "layer", positions: "learned", dropout: 0 },
};

test("a step that does not fit is refused with the micro-batch that does; recomputation, or auto, lets it run", async () => {
  await expect(prepareShape(large)).rejects.toThrow(
    /^a training step with 24 examples at once takes up to 0\.\d+ GB, and backend "simd-small-memory" has 0\.\d+ GB for it\. Set microBatch to 8 or "auto" \(--micro-batch 8\): gradients of micro-batches add up, or run layers again in the backward pass \(--recompute\)$/,
  );
  const cut = await prepareShape({ ...large, microBatch: "auto" });
  expect(cut.recipe.microBatch).toBe(8);
  expect((await batchesAt(cut, 0)).map(({ size }) => size)).toEqual([8, 8, 8]);
  expect(cut.identity.microBatch).toBe(8);
  const fits = await prepareShape({ ...large, batch: 4, microBatch: "auto" });
  expect(fits.recipe.microBatch).toBeUndefined();
});

test("a backend without a known limit takes any batch", async () => {
  const { recipe, memory } = await prepare(
    { data: { name: "quiet" }, backend: { name: "cpu" }, microBatch: "auto" },
    registry,
  );
  expect(memory).toBeUndefined();
  expect(recipe.microBatch).toBeUndefined();
});
