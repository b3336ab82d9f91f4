import { type ArmContext, type ArmResult, type ClaimRequest, judge, type TrainingNumbers } from "@trivium/evaluator";
import { consume } from "@trivium/trainer";
import { expect, test } from "vitest";
import { lossAt } from "../learning-curves/loss-at.ts";
import { prefixSupervision } from "./prefix-supervision.ts";
import { splitCounts } from "./split-counts.ts";

const request: ClaimRequest = { preset: "quick", seeds: [1, 2, 3] };

const point = (tokensSupervised: number, targetLoss: number) => ({
  ...{
    step: 1,
    tokensSeen: tokensSupervised,
    tokensSupervised,
    flops: 1,
    seconds: 1,
    trainLoss: targetLoss,
    targetLoss,
  },
});

/** An arm of 40 examples of four tokens that lose `loss` nats a token, and `loss + 1` halfway. */
function trained(name: string, loss: number, supervised: number): ArmResult {
  const of = (value: number) => Array.from({ length: 40 }, () => value);
  const numbers: Partial<TrainingNumbers> = {
    ...{ parameters: 10, tokensSeen: 1000, tokensSupervised: supervised, targetLoss: loss, per: null, wer: null },
    examples: { nats: of(4 * loss), tokens: of(4), exact: [], edits: [], symbols: [] },
  };
  return {
    name,
    configuration: {},
    numbers: numbers as never,
    curve: [point(supervised / 2, loss + 1), point(supervised, loss)],
  };
}

/** The arms of a plan whose kinds end at these losses, a little different for each seed. */
function results(all: number, target: number, prefix: number): ArmResult[] {
  const counts = { length: 128, draws: 100, causal: 12_700, prefix: 6400 };
  const arms = [all, target, prefix].flatMap((loss, kind) =>
    request.seeds.map((seed) => trained(`${kind}/${seed}`, loss + seed * 1e-3, kind === 0 ? 1000 : 500)),
  );
  return [{ name: "counts", configuration: {}, numbers: counts }, ...arms];
}

test.each([
  ["supported", { all: 1, target: 1.2, prefix: 1.3 }],
  ["contradicted", { all: 1.3, target: 1, prefix: 1 }],
  ["not supported", { all: 1, target: 1, prefix: 1 }],
] as const)("it is %s by losses at equal tokens seen", (verdict, { all, target, prefix }) => {
  const { effects } = prefixSupervision().analyse(results(all, target, prefix), request);
  const [seen, control, supervised, half] = effects;
  expect(judge(seen)).toBe(verdict);
  expect(seen.estimate).toBeCloseTo(prefix - all, 6);
  expect(control?.estimate).toBeCloseTo(target - all, 6);
  // When the causal arm had been supervised 500 times it was halfway, one nat above its end.
  expect(supervised?.estimate).toBeCloseTo(prefix - all - 1, 6);
  expect(half?.estimate).toBeCloseTo(1 - 64 / 127, 6);
});

test("arms differ by kind and seed alone, and all train and score on the same", () => {
  const [, ...arms] = prefixSupervision().plan(request);
  expect(arms.map(({ name }) => name)).toHaveLength(9);
  const rest = arms.map(({ configuration: { architecture, objective, seed, ...same } }) => JSON.stringify(same));
  expect(new Set(rest).size).toBe(1);
  expect(
    JSON.stringify(
      prefixSupervision()
        .plan(request)
        .map(({ configuration }) => configuration),
    ),
  ).toBe(
    JSON.stringify(
      prefixSupervision()
        .plan(request)
        .map(({ configuration }) => configuration),
    ),
  );
});

test("half of a text carries loss in a prefix model", async () => {
  const { numbers } = await consume(splitCounts(64, 2000).run({} as ArmContext));
  expect(numbers.causal / numbers.draws).toBe(63);
  expect(numbers.prefix / numbers.draws / 64).toBeCloseTo(0.5, 1);
});

test("a curve is read between its points, and at its ends", () => {
  const curve = [point(100, 3), point(200, 2), point(400, 1)];
  expect([50, 100, 150, 300, 400, 900].map((supervised) => lossAt(curve, supervised))).toEqual([3, 3, 2.5, 1.5, 1, 1]);
});
