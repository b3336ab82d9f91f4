import { consume } from "@trivium/trainer";
import { expect, test } from "vitest";
import type { ArmContext, ArmResult, ClaimRequest } from "../framework/claim.ts";
import { judge } from "../framework/judge.ts";
import type { TrainingNumbers } from "../framework/training-arm.ts";
import { prefixSupervision } from "./prefix-supervision.ts";
import { splitCounts } from "./split-counts.ts";

const request: ClaimRequest = { preset: "quick", seeds: [1, 2, 3] };

const point = (tokensSupervised: number, targetLoss: number) => ({
  step: 1,
  tokensSeen: tokensSupervised,
  tokensSupervised,
  flops: 1,
  seconds: 1,
  trainLoss: targetLoss,
  targetLoss,
});

/** An arm of 40 examples of four tokens that lose `loss` nats a token, and `loss + 1` halfway. */
function trained(name: string, loss: number, supervised: number): ArmResult {
  const of = (value: number) => Array.from({ length: 40 }, () => value);
  const numbers: Partial<TrainingNumbers> = {
    parameters: 10,
    tokensSeen: 1000,
    tokensSupervised: supervised,
    targetLoss: loss,
    per: null,
    wer: null,
    examples: { nats: of(4 * loss), tokens: of(4), exact: [], edits: [], symbols: [] },
  };
  return {
    name,
    configuration: {},
    numbers: numbers as never,
    curve: [point(supervised / 2, loss + 1), point(supervised, loss)],
  };
}

/** The arms of a plan; those of a kind lose one nat, or what is said here, a little different for each seed. */
function results(losses: Readonly<Record<string, number>>): ArmResult[] {
  const counts = { length: 128, draws: 100, causal: 12_700, prefix: 6400 };
  const [, ...arms] = prefixSupervision().plan(request);
  const trainedArms = arms.map(({ name }) => {
    const [kind = "", seed] = name.split(", seed ");
    return trained(name, (losses[kind] ?? 1) + Number(seed) * 1e-3, kind.endsWith("loss on all") ? 1000 : 500);
  });
  return [{ name: "counts", configuration: {}, numbers: counts }, ...trainedArms];
}

test.each([
  ["supported", { "Moby-Dick: prefix": 1.3, "Moby-Dick: causal, loss behind the cut": 1.2, "CMUdict: prefix": 0.5 }],
  ["contradicted", { "Moby-Dick: causal": 1.3, "CMUdict: causal, loss on all": 0.5 }],
  ["not supported", { "CMUdict: prefix": 0.5 }],
] as const)("it is %s by losses on text at equal tokens seen", (verdict, losses: Readonly<Record<string, number>>) => {
  const { effects } = prefixSupervision().analyse(results(losses), request);
  const [seen, supervision, mask, supervised, pairsSeen, pairsControl, pairsMask, pairsSupervised, half] = effects;
  const loss = (kind: string) => losses[kind] ?? 1;
  const [prefix, causal] = [loss("Moby-Dick: prefix"), loss("Moby-Dick: causal")];
  const cut = loss("Moby-Dick: causal, loss behind the cut");
  expect(judge(seen)).toBe(verdict);
  expect(seen.estimate).toBeCloseTo(prefix - causal, 6);
  expect(supervision?.estimate).toBeCloseTo(cut - causal, 6);
  expect(mask?.estimate).toBeCloseTo(prefix - cut, 6);
  expect(supervised?.estimate).toBeCloseTo(prefix - loss("Moby-Dick: causal, half the steps"), 6);
  const pairs = loss("CMUdict: prefix") - loss("CMUdict: causal, loss on all");
  expect(pairsSeen?.estimate).toBeCloseTo(pairs, 6);
  expect(pairsControl?.estimate).toBeCloseTo(1 - loss("CMUdict: causal, loss on all"), 6);
  expect(pairsMask?.estimate).toBeCloseTo(loss("CMUdict: prefix") - 1, 6);
  // When the causal arm had been supervised 500 times it was halfway, one nat above its end.
  expect(pairsSupervised?.estimate).toBeCloseTo(pairs - 1, 6);
  expect(half?.estimate).toBeCloseTo(1 - 64 / 127, 6);
});

test("arms of one task differ by kind and seed alone, and all train and score on the same", () => {
  const plan = () => prefixSupervision().plan(request);
  expect(plan().map(({ configuration }) => configuration)).toEqual(plan().map(({ configuration }) => configuration));
  for (const [task, count] of [
    ["CMUdict", 9],
    ["Moby-Dick", 12],
  ] as const) {
    const arms = plan().filter(({ name }) => name.startsWith(task));
    expect(arms).toHaveLength(count);
    const whole = arms.filter(({ name }) => !name.includes("half the steps"));
    const rest = whole.map(({ configuration: { architecture, objective, seed, ...same } }) => JSON.stringify(same));
    expect(new Set(rest).size).toBe(1);
  }
});

test("the controls on text keep one thing each: the prefix model's objective, and its supervised tokens", () => {
  const first = (kind: string) =>
    prefixSupervision()
      .plan(request)
      .find(({ name }) => name === `Moby-Dick: ${kind}, seed 1`)?.configuration;
  const [causal, half, prefix] = [first("causal"), first("causal, half the steps"), first("prefix")];
  expect(first("causal, loss behind the cut")).toEqual({ ...prefix, architecture: "causal" });
  expect(half?.steps).toBe(Number(causal?.steps) / 2);
});

test("half of a text carries loss in a prefix model", async () => {
  const { numbers } = await consume(splitCounts(64, 2000).run({} as ArmContext));
  expect(numbers.causal / numbers.draws).toBe(63);
  expect(numbers.prefix / numbers.draws / 64).toBeCloseTo(0.5, 1);
});
