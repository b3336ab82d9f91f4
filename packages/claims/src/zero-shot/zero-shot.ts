import { type Effect, pairedEffect } from "@trivium/evaluator";
import type { ArmResult, Claim, ClaimArm, ClaimRequest, Findings } from "../framework/claim.ts";
import { redLlm2025, wang2022 } from "../framework/publications.ts";
import { type TrainingNumbers, trainingArm } from "../framework/training-arm.ts";
import { armTable } from "../trained/arm-table.ts";
import { meanOf } from "../trained/mean-of.ts";
import { scoreEffect } from "../trained/score-effect.ts";
import { planSeeds, repeated, resultsOf, type SeededArms } from "../trained/seeded-arms.ts";
import { sights } from "../trained/sight.ts";
import type { TrainedArms } from "../trained/trained-arms.ts";
import { type ChoiceNumbers, choiceProbe } from "./choice-probe.ts";

/**
 * The compared kinds. The encoder–decoder is as deep in each stack: about the same FLOPs a token, as in Wang et al.,
 * and twice the parameters.
 */
const kinds = [
  { name: "causal", ...sights["causal, loss on all"], depth: 1 },
  { name: "prefix", ...sights.prefix, depth: 1 },
  { name: "encoder–decoder", ...sights["encoder–decoder"], depth: 1 },
  /** The control: about the parameters of one stack. */
  { name: "encoder–decoder, half as deep", ...sights["encoder–decoder"], depth: 0.5 },
] as const;

const presets = {
  quick: { width: 64, layers: 2, steps: 150, tuningSteps: 75, items: 100, kinds: kinds.slice(0, 3) },
  full: { width: 128, layers: 4, steps: 1000, tuningSteps: 400, items: 400, kinds },
} as const;

/** The claim that an encoder–decoder is weak zero-shot without multitask tuning. */
export const zeroShot = (): Claim => ({
  statement: "An encoder–decoder is weak zero-shot without multitask tuning.",
  evidence: [
    wang2022("table 3")(
      "for",
      "After 168B tokens, zero-shot on 31 tasks (random 32.9): causal 44.2, prefix 43.5, encoder–decoder 39.9, each with its own language-modelling objective.",
    ),
    wang2022()(
      "both",
      "After masked pretraining and multitask tuning the order is reversed: encoder–decoder 51.3, prefix 51.0, causal 47.1; after language-model pretraining and the same tuning it is not: 44.2, 48.9 and 50.4.",
    ),
    redLlm2025(
      "for",
      "From 150M to 8B parameters, the encoder–decoder performs badly zero-shot after pretraining, and comparably or better after tuning.",
    ),
  ],
  measure:
    "After pretraining on Moby-Dick, on the same texts and for about the same FLOPs: how often the true continuation of held-out text is the likeliest of four, causal − encoder–decoder; no verdict where neither ranks better than chance. Beside it, the nats of a last word. Then a copy of each model is tuned on all instructions of a mixture but one, and ranks four answers to that one.",
  expected:
    "Causal before prefix before encoder–decoder, then the reverse after tuning. With a million parameters, intervals are expected to overlap.",
  plan: (request) => {
    const planned = planSeeds(arms(request), request);
    return [...planned, repeated(planned[0] as ClaimArm)];
  },
  analyse: (results, request) => findings(results as ArmResult<TrainingNumbers>[], request),
});

function arms({ preset }: ClaimRequest): SeededArms[] {
  const { width, layers, steps, items, tuningSteps, kinds: planned } = presets[preset];
  return planned.map(({ depth, ...kind }) => ({
    name: kind.name,
    arm: (seed) =>
      trainingArm({
        ...kind,
        steps,
        seed,
        batch: 16,
        length: 128,
        // Texts and pairs have other lengths: no position may be one that was never trained.
        model: { width, layers: layers * depth, heads: 4, positions: "t5" },
        dataset: { name: "moby-dick" },
        evaluation: { scored: 200, decoded: 0, curvePoints: 4 },
        probe: choiceProbe({ items, tuningSteps, seed }),
      }),
  }));
}

/** Accuracy of a random choice among four. */
const chance = 0.25;

type Ranked = "choice" | "before" | "after";
type Shares = readonly (readonly number[])[];

const ranked = (arms: TrainedArms, key: Ranked): Shares => arms.map((arm) => choices(arm)[key]);

const shareEffect = (name: string, left: Shares, right: Shares): Effect =>
  // Five points in a hundred: what the papers' causal and encoder–decoder models differ by.
  pairedEffect({ name, unit: "share of items", smallest: 0.05, left, right });

/** The effect; unjudged where none of those compared ranks better than chance: then there is nothing to be weak at. */
function judgedAboveChance(effect: Effect, above: readonly Effect[]): Effect {
  if (above.some(({ low }) => low > 0)) return effect;
  return { ...effect, unjudged: "neither of the two ranks better than chance, by the interval of its effect" };
}

/** On held-out text: the last word, nats added over its bytes. */
const clozeEffect = (left: TrainedArms, right: TrainedArms): Effect =>
  scoreEffect({
    name: "zero-shot, a last word: encoder–decoder − causal",
    unit: "nats per word",
    smallest: 0.1,
    left,
    right,
    scores: (arm) => choices(arm).cloze,
  });

type Arm = ArmResult<TrainingNumbers>;

const choices = ({ numbers }: Arm) => numbers.probe as ChoiceNumbers;

const costs = [
  ...(["arm", "parameters", "training FLOPs", "tokens seen", "supervised"] as const),
  "nats per held-out byte" as const,
];

const choiceColumns = {
  continuation: (arm: Arm) => meanOf(choices(arm).choice),
  "nats of a last word": (arm: Arm) => meanOf(choices(arm).cloze),
  "instruction before tuning": (arm: Arm) => meanOf(choices(arm).before),
  after: (arm: Arm) => meanOf(choices(arm).after),
};

const halfName = "control, parameters: causal − encoder–decoder half as deep";

function findings(results: TrainedArms, request: ClaimRequest): Findings {
  const of = resultsOf(arms(request), results, request)<TrainingNumbers>;
  const [causal, prefix, pair] = [of("causal"), of("prefix"), of("encoder–decoder")];
  const compare = (name: string, key: Ranked, right: TrainedArms, left = causal): Effect =>
    shareEffect(name, ranked(left, key), ranked(right, key));
  const aboveChance = (name: string, arms: TrainedArms, key: Ranked): Effect => {
    const shares = ranked(arms, key);
    const guessed = shares.map((items) => items.map(() => chance));
    return shareEffect(`${name} − chance`, shares, guessed);
  };
  const fromText = [
    aboveChance("zero-shot, true continuation of four: causal", causal, "choice"),
    aboveChance("zero-shot, true continuation of four: encoder–decoder", pair, "choice"),
  ];
  const tuned = [
    aboveChance("after tuning, held-out instruction: causal", causal, "after"),
    aboveChance("after tuning, held-out instruction: encoder–decoder", pair, "after"),
  ];
  return {
    effects: [
      judgedAboveChance(
        compare("zero-shot, true continuation of four: causal − encoder–decoder", "choice", pair),
        fromText,
      ),
      ...fromText,
      clozeEffect(pair, causal),
      judgedAboveChance(compare("after tuning, held-out instruction: causal − encoder–decoder", "after", pair), tuned),
      ...tuned,
      compare("before tuning, the same instruction: causal − encoder–decoder", "before", pair),
      compare("zero-shot, true continuation of four: causal − prefix", "choice", prefix),
      ...(request.preset === "full" ? [compare(halfName, "choice", of("encoder–decoder, half as deep"))] : []),
      compare("the same arm twice, tuned (A/A)", "after", causal.slice(0, 1), results.slice(-1)),
    ],
    tables: [armTable("Arms; shares of items ranked right", results, costs, choiceColumns)],
    charts: [],
    notes: [
      "Chance is one in four. All choices of an item have as many words and bytes; of the held-out instruction, the answer is one of four orders of the same letters; below chance is a model that answers another instruction than it is given.",
      "Arms of one depth in each stack cost about the same FLOPs for a token; the encoder–decoder then has over twice the parameters, and like the prefix model it is supervised on half of the tokens.",
      "One small book and a model of at most a few million parameters: zero-shot here is the ranking of text like that trained on, not a task that was never seen. Sets of prompts favour causal models, too: their items are continuations.",
      "Each model has the language-modelling objective that its architecture admits; masked pretraining, after which the encoder–decoder led in the paper, is not measured.",
    ],
  };
}
