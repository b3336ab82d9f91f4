import { matchConfiguration, pairFlops } from "@trivium/evaluator";
import { type Architecture, readModelOptions } from "@trivium/model";
import { causal } from "@trivium/model-causal";
import { encoderDecoder } from "@trivium/model-encoder-decoder";
import { expect, test } from "vitest";
import type { ArmResult, ClaimRequest } from "../framework/claim.ts";
import { judge } from "../framework/judge.ts";
import type { TrainingNumbers } from "../framework/training-arm.ts";
import { equalBudgetEffect } from "../learning-curves/equal-budget-effect.ts";
import { prefixSupervision } from "../prefix-supervision/prefix-supervision.ts";
import { type EfficiencyKind, efficiencyArms, efficiencyModels } from "./efficiency-arms.ts";
import { trainingEfficiency } from "./training-efficiency.ts";

const request: ClaimRequest = { preset: "quick", seeds: [1, 2, 3] };

/** Halfway it loses a nat more. */
const curveOf = (loss: number, flops: number) =>
  [0.5, 1].map((share) => ({
    step: 100 * share,
    tokensSeen: 1000 * share,
    tokensSupervised: 500 * share,
    flops: flops * share,
    seconds: share,
    trainLoss: loss,
    targetLoss: loss + 2 * (1 - share),
  }));

/** An arm of 40 examples of four tokens, each of which loses that many nats. */
function trained(name: string, loss: number, flops: number): ArmResult<TrainingNumbers> {
  const of = (value: number) => Array.from({ length: 40 }, () => value);
  const numbers: TrainingNumbers = {
    parameters: 10,
    flops,
    tokensSeen: 1000,
    tokensSupervised: 500,
    targetLoss: loss,
    bitsPerCharacter: loss,
    exactMatch: null,
    per: null,
    wer: null,
    probe: null,
    data: { name: "synthetic", fingerprint: "", train: 1, heldOut: 40 },
    examples: { nats: of(4 * loss), tokens: of(4), exact: [], edits: [], symbols: [] },
  };
  return { name, configuration: {}, numbers, times: { seconds: 1 }, curve: curveOf(loss, flops) };
}

/** Results of the plan in which arms of a kind end at that loss, a little different for each seed. */
function results(losses: Partial<Record<EfficiencyKind, number>>, flops: Partial<Record<EfficiencyKind, number>> = {}) {
  const arms = efficiencyArms(request).map(({ kind, seed, arm }) =>
    trained(arm.name, (losses[kind] ?? 1) + 1e-3 * seed, flops[kind] ?? 1e9),
  );
  return [{ ...(arms[0] as (typeof arms)[number]), name: "again" }, ...arms];
}

test.each([
  ["supported", 1.2],
  ["contradicted", 0.8],
  ["not supported", 1],
] as const)("it is %s where encoder–decoders end at %f nats and causal models at 1", (verdict, loss) => {
  const { effects } = trainingEfficiency().analyse(results({ "encoder–decoder": loss }), request);
  expect(judge(effects[0])).toBe(verdict);
  expect(effects[0].estimate).toBeCloseTo(loss - 1, 6);
  expect(effects.at(-1)).toMatchObject({ estimate: 0, low: 0, high: 0 });
});

test("an arm that costs half is compared with where the other was at half of its FLOPs", () => {
  const { effects } = trainingEfficiency().analyse(
    results({ "encoder–decoder": 1.2 }, { "encoder–decoder": 0.5e9 }),
    request,
  );
  // The causal arm had a nat more to lose then.
  const perFlop = effects.find(
    ({ name }) => name === "Moby-Dick: loss at equal FLOPs, encoder–decoder − causal of equal depth",
  );
  expect(perFlop?.estimate).toBeCloseTo(0.2 - 1, 6);
});

test("at equal budgets two equal arms differ by nothing, on each axis", () => {
  const arms = [1, 2].map((seed) => trained(`seed ${seed}`, seed, 1e9));
  for (const axis of ["tokensSeen", "tokensSupervised", "flops"] as const)
    expect(equalBudgetEffect({ name: "same", left: arms, right: arms }, axis)).toMatchObject({
      estimate: 0,
      low: 0,
      high: 0,
    });
});

test.each(["quick", "full"] as const)(
  "%s arms differ by what they say, and share those of prefix-supervision",
  (preset) => {
    const plan = () => trainingEfficiency().plan({ ...request, preset });
    const configurations = plan().map(({ configuration }) => configuration);
    expect(configurations).toEqual(plan().map(({ configuration }) => configuration));
    const [again, ...arms] = configurations;
    const { repeat, ...first } = again as (typeof configurations)[number];
    expect([repeat, first]).toEqual([1, arms[0]]);
    for (const task of ["moby-dick", "cmudict"]) {
      const own = efficiencyArms({ ...request, preset }).filter(
        (one) => one.task === task && !/half the steps|FLOPs/.test(one.kind),
      );
      const rest = own.map(
        ({
          arm: {
            configuration: { architecture, objective, model, seed, ...same },
          },
        }) => JSON.stringify(same),
      );
      expect(new Set(rest).size).toBe(1);
    }
    const keys = new Set(configurations.map((one) => JSON.stringify(one)));
    const shared = prefixSupervision()
      .plan({ ...request, preset })
      .filter(({ configuration }) => keys.has(JSON.stringify(configuration)));
    expect(shared).toHaveLength(18);
  },
);

test.each(["quick", "full"] as const)(
  "%s: steps are scaled so that the causal arms cost the encoder–decoder's FLOPs",
  (preset) => {
    const { base, matched, flops } = efficiencyModels[preset];
    const lengths = { source: 64, target: 64 };
    const cost = (architecture: unknown, model: object) =>
      pairFlops(architecture as Architecture, { ...readModelOptions(model), vocabulary: 260, length: 130 }, lengths);
    const pair = cost(encoderDecoder, base);
    expect(pair / cost(causal, base)).toBeCloseTo(flops.same, 2);
    expect(pair / cost(causal, { ...base, ...matched })).toBeCloseTo(flops.matched, 2);
  },
);

test.each([
  ["quick", 260, 128],
  ["full", 260, 128],
  ["quick", 70, 72],
  ["full", 70, 72],
] as const)(
  "%s: the larger causal model has the encoder–decoder's parameters, with %i ids in %i places",
  (preset, vocabulary, length) => {
    const { base, matched } = efficiencyModels[preset];
    const found = matchConfiguration({
      reference: {
        architecture: encoderDecoder as Architecture,
        config: { ...readModelOptions(base), vocabulary, length },
      },
      architecture: causal as Architecture,
      by: "parameters",
      lengths: { source: 64, target: 64 },
    });
    expect({ feedForward: 4 * base.width, ...found.config }).toMatchObject(matched);
    expect(Math.abs(found.difference)).toBeLessThan(0.01);
  },
);
