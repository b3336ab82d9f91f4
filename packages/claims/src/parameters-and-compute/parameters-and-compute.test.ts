import { reference } from "@trivium/attention";
import { createSimdBackend } from "@trivium/backend-simd";
import { createRandom } from "@trivium/core";
import { type Architecture, createModel } from "@trivium/model";
import { causal } from "@trivium/model-causal";
import { encoderDecoder } from "@trivium/model-encoder-decoder";
import { prefix } from "@trivium/model-prefix";
import { disposeTree, tf } from "@trivium/tensor";
import { consume } from "@trivium/trainer";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import type { ArmResult, ClaimRequest } from "../framework/claim.ts";
import { judge } from "../framework/judge.ts";
import { withoutData } from "../testing/without-data.ts";
import { cacheBytes } from "./cache-bytes.ts";
import { parametersAndCompute } from "./parameters-and-compute.ts";
import type { SizeCount } from "./size-counts.ts";
import { phaseName, sizeTimes } from "./size-times.ts";

beforeAll(() => createSimdBackend({ name: "simd-parameters-and-compute", threads: 1 }).activate());

const request: ClaimRequest = { preset: "quick", seeds: [1, 2, 3] };

async function results(): Promise<[counts: ArmResult<SizeCount[]>, times: ArmResult]> {
  const [counts, times] = parametersAndCompute().plan(request);
  const { numbers } = await consume((counts as NonNullable<typeof counts>).run(withoutData));
  return [
    { name: "counts", configuration: {}, numbers: numbers as unknown as SizeCount[] },
    { name: "times", configuration: times?.configuration ?? {}, numbers: [], times: {} },
  ];
}

test("the papers' sizes are counted, and the claim holds at equal depth and not at equal parameters", async () => {
  const [counts, times] = await results();
  const { effects, tables } = parametersAndCompute().analyse([counts, times], request);
  const [both, parameters, flops, t5, equalParameters, equalFlops] = effects;
  expect(judge(both)).toBe("supported");
  expect(both.estimate).toBe(flops?.estimate);
  expect(parameters?.estimate).toBeCloseTo(11.003 / 4.762 - 1, 2);
  expect(flops?.estimate).toBeGreaterThan(0.1);
  expect(t5 && judge(t5)).toBe("not supported");
  expect(equalParameters && judge(equalParameters)).toBe("contradicted");
  expect(equalParameters?.estimate).toBeCloseTo(-0.5, 2);
  expect(equalFlops && judge(equalFlops)).toBe("supported");
  expect(tables[0]?.rows.map(([, matrices, all]) => [matrices, all])).toEqual([
    [11_003_236_352, 11_003_736_064],
    [4_762_109_952, 4_762_310_656],
    [222_855_936, 222_903_552],
    [109_609_344, 109_628_544],
  ]);
});

test("what is called the same is the same, within a hundredth", async () => {
  const [{ numbers }] = await results();
  const pairs = [
    ["causal, same parameters", "parameters"],
    ["causal, same FLOPs", "trainingFlops"],
    ["causal, same depth", "layers"],
  ] as const;
  for (const [variant, measure] of pairs) {
    for (const count of numbers.filter((one) => one.variant === variant)) {
      const own = numbers.find(({ shape, variant }) => shape === count.shape && variant === "encoder–decoder");
      expect(Math.abs(count[measure] / (own?.[measure] as number) - 1)).toBeLessThan(0.01);
    }
  }
});

test.each([
  ["contradicted", 0.8],
  ["not supported", 1.02],
] as const)("it is %s where an encoder–decoder costs %f of a causal model", async (verdict, share) => {
  const [counts, times] = await results();
  const cost = ({ shape }: SizeCount) =>
    counts.numbers.find((one) => one.shape === shape && one.variant === "causal, same depth")?.trainingFlops as number;
  const numbers = counts.numbers.map((one) =>
    one.variant === "encoder–decoder" ? { ...one, trainingFlops: share * cost(one) } : one,
  );
  const { effects } = parametersAndCompute().analyse([{ ...counts, numbers }, times], request);
  expect(judge(effects[0])).toBe(verdict);
});

test("plans are the same again, and nothing but the work depends on the preset", () => {
  const plan = (preset: ClaimRequest["preset"]) =>
    parametersAndCompute()
      .plan({ ...request, preset })
      .map(({ configuration }) => configuration);
  expect(plan("quick")).toEqual(plan("quick"));
  const [quick, full] = [plan("quick"), plan("full")];
  expect(quick[0]).toEqual(full[0]);
  expect({ ...quick[1], rows: 0, repetitions: 0 }).toEqual({ ...full[1], rows: 0, repetitions: 0 });
});

test("cached bytes are those that live caches take", () => {
  const size = fc.integer({ min: 1, max: 5 });
  fc.assert(
    fc.property(
      size,
      size,
      fc.constantFrom(1, 2),
      fc.constantFrom(causal, prefix, encoderDecoder),
      (s, t, layers, one) => {
        const architecture = one as Architecture;
        const config = { vocabulary: 9, length: 16, width: 8, heads: 2, keyValueHeads: 1, layers };
        const model = createModel({ architecture, config, attention: reference() });
        const parameters = model.createParameters(createRandom(1));
        const rows = (length: number) => ({ ids: new Int32Array(length).fill(4), lengths: [length], length });
        const streams =
          architecture.streams.length === 1 ? { tokens: rows(s + t) } : { source: rows(s), target: rows(t) };
        const before = tf.memory().numBytes;
        const decoder = model.decoder(parameters);
        const state = decoder.prefill({ size: 1, streams, prefixLengths: [s] });
        const taken = tf.memory().numBytes - before - 4 * state.logits.size;
        const { size: page } = decoder.pages;
        // Positions stand in whole pages, and there is one for what is decoded next.
        const paged = (positions: number) => Math.ceil(positions / page) * page;
        const single = architecture.streams.length === 1;
        const target = paged(single ? s + t : t) + page;
        const lengths = { source: single ? 0 : paged(s), target };
        expect(cacheBytes(architecture, config, lengths)).toBe(taken);
        decoder.dispose();
        disposeTree(parameters);
      },
    ),
    { numRuns: 20 },
  );
});

test("a step, prefill and decoding are timed for each model, and no tensor is left", async () => {
  const before = tf.memory().numTensors;
  const variants = ["encoder–decoder", "causal, same depth"] as const;
  const shape = {
    name: "tiny",
    model: { vocabulary: 12, length: 8, width: 8, heads: 2, layers: 2 },
    lengths: { source: 4, target: 3 },
  };
  const { numbers, times = {} } = await consume(
    sizeTimes({ shape, variants, rows: 2, repetitions: 1 }).run(withoutData),
  );
  for (const variant of variants) {
    for (const phase of ["training step", "prefill", "decode"] as const)
      expect(times[phaseName(variant, phase)]).toBeGreaterThan(0);
  }
  expect(numbers.map(({ variant }) => variant)).toEqual(variants);
  expect(numbers.map(({ cacheBytes }) => cacheBytes)).toEqual([4 * 2 * 8 * 2 * 7, 4 * 2 * 8 * 2 * 7]);
  expect(tf.memory().numTensors).toBe(before);
});
