import "@tensorflow/tfjs-backend-cpu";
import { tf } from "@trivium/tensor";
import { consume } from "@trivium/trainer";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import type { ArmResult, ClaimRequest } from "../framework/claim.ts";
import { judge } from "../framework/judge.ts";
import { withoutData } from "../testing/without-data.ts";
import { attentionCost } from "./attention-cost.ts";
import { kernelTimes, type TimedCases, timeName } from "./kernel-times.ts";
import { pairCounts } from "./pair-counts.ts";

beforeAll(async () => void (await tf.setBackend("cpu")));

const request: ClaimRequest = { preset: "quick", seeds: [1, 2, 3] };

test("pairs are those of the closed forms, and an encoder–decoder's are a prefix model's", async () => {
  const architectures = ["causal", "prefix", "encoder-decoder"];
  const model = { vocabulary: 8, width: 8, layers: 1, heads: 2 };
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 }), async (source, target) => {
      const [length, share] = [source + target, source / (source + target)];
      const arm = pairCounts({ architectures, lengths: [length], shares: [share], model });
      const { numbers } = await consume(arm.run(withoutData));
      const causal = (length * (length + 1)) / 2;
      const prefix = causal + (source * (source - 1)) / 2;
      expect(numbers[0]?.pairs).toEqual({ causal, prefix, "encoder-decoder": prefix });
    }),
    { numRuns: 30 },
  );
});

/** Results with exact counts, and with times that are no part of a verdict. */
async function results(seconds: number): Promise<ArmResult[]> {
  const [counts, timed] = attentionCost().plan(request);
  const { numbers } = await consume((counts as NonNullable<typeof counts>).run(withoutData));
  const cases = [256, 1024].flatMap((length) =>
    ["causal", "prefix of 50 %"].map((mask) => ({ mask, length, density: 0.5 })),
  );
  const times = Object.fromEntries(cases.map(({ mask, length }, at) => [timeName(mask, length), seconds * (at + 1)]));
  return [
    { name: "visible pairs", configuration: counts?.configuration ?? {}, numbers },
    { name: "kernel times", configuration: timed?.configuration ?? {}, numbers: cases, times },
  ];
}

test("the claim is supported by counts, whatever the clock says", async () => {
  const [slow, fast] = [
    attentionCost().analyse(await results(2), request),
    attentionCost().analyse(await results(1e-3), request),
  ];
  expect(slow.effects).toEqual(fast.effects);
  const [half, whole, step, both] = slow.effects;
  expect(judge(half)).toBe("supported");
  expect(half.estimate).toBeCloseTo(0.25, 2);
  expect(whole?.estimate).toBeCloseTo(1, 1);
  // Of a whole step it is little while rows are not longer than the model is wide.
  expect(step && judge(step)).toBe("not supported");
  expect(both?.estimate).toBe(0);
  const untimed = ({ tables }: typeof slow) => tables.filter(({ timed }) => !timed);
  expect(untimed(slow)).toEqual(untimed(fast));
  expect(slow.tables.filter(({ timed }) => timed)).toHaveLength(1);
});

test("kernel times are measured under each mask, and no tensor is left", async () => {
  const before = tf.memory().numTensors;
  const arm = kernelTimes({
    lengths: [8, 16],
    shares: [0.5, 1],
    heads: 2,
    headWidth: 4,
    rows: 1,
    repetitions: 2,
  });
  const { numbers, times = {} } = await consume(arm.run(withoutData));
  expect(Object.keys(times)).toEqual([
    "causal, 8 tokens",
    "prefix of 50 %, 8 tokens",
    "prefix of 100 %, 8 tokens",
    "causal, 16 tokens",
    "prefix of 50 %, 16 tokens",
    "prefix of 100 %, 16 tokens",
  ]);
  for (const seconds of Object.values(times)) expect(seconds).toBeGreaterThan(0);
  expect((numbers as TimedCases).map(({ density }) => density)).toEqual([
    ...[36 / 64, 42 / 64, 1],
    ...[136 / 256, 164 / 256, 1],
  ]);
  expect(tf.memory().numTensors).toBe(before);
});
