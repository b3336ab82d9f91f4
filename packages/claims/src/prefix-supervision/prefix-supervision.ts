import type { Effect } from "@trivium/evaluator";
import type { ArmResult, Claim, ClaimRequest, Findings } from "../framework/claim.ts";
import { countedEffect } from "../framework/counted-effect.ts";
import { wang2022 } from "../framework/publications.ts";
import { equalBudgetEffect } from "../learning-curves/equal-budget-effect.ts";
import { armTable } from "../trained/arm-table.ts";
import { cmudictArms } from "../trained/cmudict-arm.ts";
import { lossEffect } from "../trained/loss-effect.ts";
import { planSeeds, resultsOf, type SeededArms } from "../trained/seeded-arms.ts";
import type { FindArms, TrainedArms } from "../trained/trained-arms.ts";
import { efficiencyArm } from "../training-efficiency/efficiency-arms.ts";
import { type SplitCounts, splitCounts } from "./split-counts.ts";

/** Half the steps are as many supervised tokens. */
const textKinds = ["causal", "causal, half the steps", "prefix", "causal, loss behind the cut"] as const;

/** The second is the control: the causal mask with the prefix model's supervision. */
const pairKinds = {
  "CMUdict: causal, loss on all": "causal, loss on all",
  "CMUdict: causal, loss on the target": "causal",
  "CMUdict: prefix": "prefix",
} as const;

/** Moby-Dick, cut at random into prefix and continuation: arms of the claim training-efficiency, and a control; CMUdict. */
const kinds = ({ preset }: ClaimRequest): SeededArms[] => [
  ...textKinds.map((kind) => ({
    name: `Moby-Dick: ${kind}`,
    arm: (seed: number) => efficiencyArm({ preset, task: "moby-dick", kind, seed }),
  })),
  ...Object.entries(pairKinds).map(([name, sight]) => cmudictArms(name, { sight, preset })),
];

/** The claim that a prefix language model wastes data, having loss on the target alone. */
export const prefixSupervision = (): Claim => ({
  statement: "A prefix language model wastes training data: only what follows the prefix carries loss.",
  evidence: [
    wang2022("§3.1 and table 3")(
      "both",
      "The prefix model is supervised on half as many tokens on average; zero-shot it scores 43.5 where the causal one scores 44.2 after 168B tokens, and 42.2 against 42.4 after 84B.",
    ),
  ],
  measure:
    "Held-out loss on the same target tokens after the same tokens seen: a prefix model against a causal one with loss on all tokens, on Moby-Dick cut at random. Controls: the causal mask with the prefix model's loss, and a causal model of half the steps, which is supervised as often. Then the same on CMUdict, where a spelling stands before its sounds.",
  expected:
    "At equal tokens seen the prefix model is slightly worse on text, where source and target are alike; at equal tokens supervised there is parity. On CMUdict loss on the source need not help.",
  plan: (request) => [splitCounts(128, 4096), ...planSeeds(kinds(request), request)],
  analyse: ([counts, ...trained], request) => findings((counts as ArmResult<SplitCounts>).numbers, trained, request),
});

function findings(counts: SplitCounts, trained: readonly ArmResult[], request: ClaimRequest): Findings {
  const of: FindArms = resultsOf(kinds(request), trained, request);
  const half = countedEffect({
    name: `tokens of a text of ${counts.length} without loss, prefix − causal`,
    unit: "share of tokens",
    smallest: 0.01,
    value: 1 - counts.prefix / counts.causal,
    method: `counted over ${counts.draws.toLocaleString("en")} cuts`,
  });
  return {
    effects: [...textEffects(of), ...pairEffects(of), half],
    tables: [armTable("Arms", trained as TrainedArms, columns)],
    charts: [],
    notes: [
      "The statement is of language models, and the verdict is on text: there each token could carry loss, and what precedes the cut is of the kind of what follows. A pair's source is what is given, and its own loss asks for something else.",
      "On CMUdict the source is a spelling and the target its sounds: loss on the source is of another alphabet, so what it teaches need not be what is asked.",
      "On text the prefix model's positions begin anew at the cut, as do those of the control under the causal mask; a causal model with loss on all tokens has no cut.",
      "On CMUdict the causal arm with loss on all has as many tokens supervised halfway, where its curve is read: before its learning rate has come down, which favours the prefix model. The arm with loss on the target is supervised alike to its end.",
      "A causal model of half the steps is supervised as often as the prefix model, and updated half as often: equal supervision is not equal training.",
      `Of a text of ${counts.length} tokens cut at random, ${(counts.prefix / counts.draws).toFixed(1)} carry loss (n/2 = ${counts.length / 2}), against ${counts.causal / counts.draws} in a causal model.`,
    ],
  };
}

function textEffects(of: FindArms): [Effect, ...Effect[]] {
  const arms = (kind: string) => of(`Moby-Dick: ${kind}`);
  const [prefix, causal, cut] = [arms("prefix"), arms("causal"), arms("causal, loss behind the cut")];
  const loss = (name: string, left: TrainedArms, right: TrainedArms) => lossEffect(`Moby-Dick: ${name}`, left, right);
  return [
    // "Language model", "wastes data": on text, and by tokens seen, of which half carry no loss.
    loss("loss at equal tokens seen, prefix − causal with loss on all", prefix, causal),
    loss("control, supervision alone: causal mask, loss behind the cut − on all", cut, causal),
    loss("control, mask alone: loss behind the cut, prefix − causal mask", prefix, cut),
    loss("loss at equal tokens supervised, prefix − causal of half the steps", prefix, arms("causal, half the steps")),
  ];
}

function pairEffects(of: FindArms): Effect[] {
  const arms = (kind: string) => of(`CMUdict: ${kind}`);
  const [prefix, all, target] = [arms("prefix"), arms("causal, loss on all"), arms("causal, loss on the target")];
  const supervised = "CMUdict: loss at as many tokens supervised, prefix − causal with loss on all";
  return [
    lossEffect("CMUdict: loss at equal tokens seen, prefix − causal with loss on all", prefix, all),
    lossEffect("CMUdict: control, the same mask, loss on the target − on all", target, all),
    lossEffect("CMUdict: the same tokens supervised, prefix − causal with loss on the target", prefix, target),
    equalBudgetEffect({ name: supervised, left: prefix, right: all }, "tokensSupervised"),
  ];
}

const columns = [
  ...(["arm", "parameters", "tokens seen", "supervised", "supervised share"] as const),
  ...(["nats per target token", "PER", "WER"] as const),
];
