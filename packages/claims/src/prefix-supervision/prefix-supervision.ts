import {
  type ArmResult,
  type Claim,
  type ClaimRequest,
  claim,
  countedEffect,
  type Effect,
  type Findings,
  type FindingsTable,
  pairedEffect,
  type TrainingNumbers,
  trainingArm,
} from "@trivium/evaluator";
import { lossAt } from "../learning-curves/loss-at.ts";
import { type SplitCounts, splitCounts } from "./split-counts.ts";

/** The kinds of arms; the second is the control: the causal mask with the prefix model's supervision. */
const kinds = [
  { name: "causal, loss on all", architecture: "causal", objective: { name: "causal-lm", options: { loss: "all" } } },
  {
    name: "causal, loss on the target",
    architecture: "causal",
    objective: { name: "causal-lm", options: { loss: "target" } },
  },
  { name: "prefix", architecture: "prefix", objective: { name: "prefix-lm" } },
] as const;

const sizes = {
  quick: { model: { width: 64, layers: 2, heads: 4, restartPositions: true }, steps: 200, scored: 1000, decoded: 200 },
  full: {
    model: { width: 128, layers: 3, heads: 8, restartPositions: true },
    steps: 4000,
    scored: 2670,
    decoded: 2670,
  },
} as const;

/** Nats per target token below which nobody would choose by it. */
const smallest = 0.01;

/** The claim that a prefix language model wastes data, having loss on the target alone. */
export const prefixSupervision = (): Claim => ({
  statement: "A prefix language model wastes training data: only what follows the prefix carries loss.",
  evidence: [
    {
      finding:
        "The prefix model is supervised on half as many tokens on average; zero-shot it scores 43.5 where the causal one scores 44.2 after 168B tokens, and 42.2 against 42.4 after 84B.",
      source: "Wang et al. 2022, §3.1 and table 3",
      url: "https://arxiv.org/abs/2204.05832",
      ...{ speaks: "both", read: "text" },
    },
  ],
  measure:
    "Held-out loss on the same target tokens after the same tokens seen: a prefix model against a causal one with loss on all tokens. Control: the causal mask with loss on the target alone. Then the same at equal tokens supervised, read off the learning curves.",
  expected:
    "At equal tokens seen the prefix model is slightly worse on text, where source and target are alike; at equal tokens supervised there is parity.",
  plan: ({ preset, seeds }) => {
    const { model, steps, scored, decoded } = sizes[preset];
    const trained = kinds.flatMap(({ name, architecture, objective }) =>
      seeds.map((seed) =>
        trainingArm({
          name: `${name}, seed ${seed}`,
          ...{ architecture, objective, model, steps, seed },
          dataset: { name: "cmudict" },
          ...{ batch: 64, packing: 64, evaluation: { scored, decoded } },
        }),
      ),
    );
    return [splitCounts(128, 4096), ...trained];
  },
  analyse: ([counts, ...trained], request) =>
    findings((counts as ArmResult<SplitCounts>).numbers, trained as ArmResult<TrainingNumbers>[], request),
});

function findings(
  counts: SplitCounts,
  trained: readonly ArmResult<TrainingNumbers>[],
  { seeds }: ClaimRequest,
): Findings {
  const arms = (at: number) => trained.slice(at * seeds.length, (at + 1) * seeds.length);
  const [all, target, prefix] = [arms(0), arms(1), arms(2)];
  const half = countedEffect({
    ...{
      name: `tokens of a text of ${counts.length} without loss, prefix − causal`,
      unit: "share of tokens",
      smallest: 0.01,
    },
    value: 1 - counts.prefix / counts.causal,
    method: `counted over ${counts.draws.toLocaleString("en")} cuts`,
  });
  return {
    effects: [
      atEqualSeen("loss at equal tokens seen, prefix − causal with loss on all", prefix, all),
      atEqualSeen("control: the same mask, loss on the target − on all", target, all),
      atEqualSupervised("loss at equal tokens supervised, prefix − causal with loss on all", prefix, all),
      half,
    ],
    tables: [armTable(trained)],
    charts: [],
    notes: [
      "On CMUdict the source is a spelling and the target its sounds: loss on the source teaches nothing of the target's alphabet. On text both are alike, as in the paper.",
      "The first effect is of mask and supervision together; the control is of supervision alone.",
      `Of a text of ${counts.length} tokens cut at random, ${(counts.prefix / counts.draws).toFixed(1)} carry loss (n/2 = ${counts.length / 2}), against ${counts.causal / counts.draws} in a causal model.`,
    ],
  };
}

type Trained = readonly ArmResult<TrainingNumbers>[];

const atEqualSeen = (name: string, left: Trained, right: Trained): Effect =>
  pairedEffect({
    ...{ name, unit: "nats per target token", smallest },
    left: left.map(({ numbers }) => numbers.examples.nats),
    right: right.map(({ numbers }) => numbers.examples.nats),
    weights: left.map(({ numbers }) => numbers.examples.tokens),
  });

/** One number for each seed: what the longer-supervised arm had reached when it was supervised as often. */
function atEqualSupervised(name: string, left: Trained, right: Trained): Effect {
  const pairs = left.map((arm, at) => {
    const other = right[at] as ArmResult<TrainingNumbers>;
    const supervised = Math.min(arm.numbers.tokensSupervised, other.numbers.tokensSupervised);
    return [lossAt(arm.curve ?? [], supervised), lossAt(other.curve ?? [], supervised)] as const;
  });
  const effect = pairedEffect({
    ...{ name, unit: "nats per target token", smallest },
    left: pairs.map(([own]) => [own]),
    right: pairs.map(([, other]) => [other]),
  });
  return { ...effect, method: `paired bootstrap over ${left.length} seeds, losses read off the learning curves` };
}

const armTable = (trained: Trained): FindingsTable => ({
  title: "Arms",
  columns: [
    "arm",
    "parameters",
    "tokens seen",
    "supervised",
    "supervised share",
    "nats per target token",
    "PER",
    "WER",
  ],
  rows: trained.map(({ name, numbers }) => [
    ...[name, numbers.parameters, numbers.tokensSeen, numbers.tokensSupervised],
    ...[numbers.tokensSupervised / numbers.tokensSeen, numbers.targetLoss, numbers.per, numbers.wer],
  ]),
});

export const prefixSupervisionPlugin = claim("prefix-supervision", prefixSupervision, {
  description: "A prefix language model wastes training data: only what follows the prefix carries loss.",
});
