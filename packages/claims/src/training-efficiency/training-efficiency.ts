import type { Effect } from "@trivium/evaluator";
import type { ArmResult, Claim, ClaimRequest, Findings, FindingsTable } from "../framework/claim.ts";
import { publication, redLlm2025 } from "../framework/publications.ts";
import type { TrainingNumbers } from "../framework/training-arm.ts";
import { equalBudgetEffect } from "../learning-curves/equal-budget-effect.ts";
import { armTable } from "../trained/arm-table.ts";
import { lossEffect } from "../trained/loss-effect.ts";
import { repeated } from "../trained/seeded-arms.ts";
import type { TrainedArms } from "../trained/trained-arms.ts";
import { type EfficiencyArm, type EfficiencyKind, type EfficiencyTask, efficiencyArms } from "./efficiency-arms.ts";
import { longRunArms, longRunNote, longRunTables } from "./long-run.ts";

const doubleDecoders = publication("Block-Based Double Decoders, 2026", "https://arxiv.org/abs/2605.18807", "abstract");

/** The claim that an encoder–decoder is less efficient to train. */
export const trainingEfficiency = (): Claim => ({
  statement:
    "An encoder–decoder is less efficient to train than a causal model: each token that it sees teaches it less.",
  evidence: [
    redLlm2025(
      "for",
      "Loss on half of the tokens: 0.8T targets of 1.6T tokens. A decoder-only model is better at equal parameters, for about twice the FLOPs, and dominates the compute-optimal frontier.",
    ),
    redLlm2025(
      "against",
      "The curves nearly overlap per FLOP, and at equal parameters the encoder–decoder has a clear advantage in the measured throughput of training and inference.",
    ),
    doubleDecoders("for", "Objectives of encoder–decoders suffer from sparse supervision."),
  ],
  measure:
    "Nats per target token on the same held-out targets, after training on the same texts in the same order: Moby-Dick in windows, cut at random into source and target. The verdict is at equal tokens seen, with stacks of equal depth; beside it equal tokens supervised, equal FLOPs, equal parameters, and controls for depth, sharing and supervision. The same on CMUdict, where the source is no text of the target's kind.",
  expected:
    "Worse for each token seen, as half of them carry loss; about equal for each FLOP and each token supervised. The statement holds for data and not for throughput.",
  plan: (request) => {
    const arms = efficiencyArms(request);
    return [repeated((arms[0] as EfficiencyArm).arm), ...arms.map(({ arm }) => arm), ...longRunArms(request)];
  },
  analyse: ([again, ...trained], request) =>
    findings(again as ArmResult<TrainingNumbers>, trained as ArmResult<TrainingNumbers>[], request),
});

type Find = (task: EfficiencyTask, kind: EfficiencyKind) => TrainedArms;

function findings(again: ArmResult<TrainingNumbers>, trained: TrainedArms, request: ClaimRequest): Findings {
  const planned = efficiencyArms(request);
  const [compared, long] = [trained.slice(0, planned.length), trained.slice(planned.length)];
  const of: Find = (task, kind) => compared.filter((_, at) => planned[at]?.task === task && planned[at]?.kind === kind);
  return {
    effects: [
      // "Efficient" is said of data here: what a token that is read teaches. Throughput has effects of its own.
      ...textEffects(of),
      ...pronunciationEffects(of),
      lossEffect("A/A: the same arm again − itself", [again], of("moby-dick", "causal").slice(0, 1)),
    ],
    tables: [armTable("Arms", compared, columns), ...longRunTables(long), speedTable(compared)],
    charts: [],
    notes: [
      `Seeds alone: the causal arms on Moby-Dick end at ${losses(of("moby-dick", "causal"))} nats, the encoder–decoders at ${losses(of("moby-dick", "encoder–decoder"))}.`,
      `Tokens seen are those of all streams: an encoder–decoder's source ends with an end token, and its target begins with a start token, ${moreTokens(of, "moby-dick")} more on Moby-Dick and ${moreTokens(of, "cmudict")} on CMUdict.`,
      "Losses at equal FLOPs, where a method says that they are read off curves: the dearer arm is read before its learning rate has come down, which favours the cheaper one. Others are of arms that were trained for as many FLOPs. At equal tokens supervised the causal arm is a run of its own, of half the steps, with the learning rate come down.",
      "Held-out texts are cut once, at the same places for all. A causal model was trained without cuts; what it is scored on are the same tokens.",
      "On CMUdict the arm of the same supervision is the causal one with loss on the target; on text it is the one of half the steps.",
      ...(long.length > 0 ? [longRunNote] : []),
      "Seconds are of this machine and its kernels, and decide nothing.",
    ],
  };
}

/** Returns the share of additional tokens that the encoder–decoder sees of the same texts: `"1.6 %"`. */
function moreTokens(of: Find, task: EfficiencyTask): string {
  const [pair, single] = (["encoder–decoder", "causal"] as const).map((kind) => of(task, kind)[0]?.numbers.tokensSeen);
  return `${(100 * ((pair as number) / (single as number) - 1)).toFixed(1)} %`;
}

const losses = (arms: TrainedArms): string => arms.map(({ numbers }) => numbers.targetLoss.toFixed(3)).join(", ");

function textEffects(of: Find): [Effect, ...Effect[]] {
  const arms = (kind: EfficiencyKind) => of("moby-dick", kind);
  const [pair, causal] = [arms("encoder–decoder"), arms("causal")];
  const [halfSteps, halfLayers] = [arms("causal, half the steps"), arms("encoder–decoder, half the layers")];
  const larger = arms("causal, parameters of the encoder–decoder");
  const final = (name: string, left: TrainedArms, right: TrainedArms) => lossEffect(`Moby-Dick: ${name}`, left, right);
  // Arms of the same FLOPs are trained in `full` alone.
  const perFlop = (name: string, trained: TrainedArms, read: TrainedArms) =>
    trained.length > 0
      ? final(name, pair, trained)
      : equalBudgetEffect({ name: `Moby-Dick: ${name}`, left: pair, right: read }, "flops");
  const same = arms("causal, FLOPs of the encoder–decoder");
  const matched = arms("causal, parameters and FLOPs of the encoder–decoder");
  return [
    final("loss at equal tokens seen, encoder–decoder − causal of equal depth", pair, causal),
    final("loss at equal tokens supervised, encoder–decoder − causal of half the steps", pair, halfSteps),
    perFlop("loss at equal FLOPs, encoder–decoder − causal of equal depth", same, causal),
    final("loss at equal tokens seen, encoder–decoder − causal of equal parameters", pair, larger),
    perFlop("loss at equal FLOPs, encoder–decoder − causal of equal parameters", matched, larger),
    final("control, supervision alone: prefix − causal", arms("prefix"), causal),
    final("control, two stacks for one: encoder–decoder − prefix", pair, arms("prefix")),
    final("control, as many layers in all: encoder–decoder of half the layers − causal", halfLayers, causal),
    final("control, shared stacks: encoder–decoder − causal", arms("encoder–decoder, shared stacks"), causal),
  ];
}

function pronunciationEffects(of: Find): Effect[] {
  const arms = (kind: EfficiencyKind) => of("cmudict", kind);
  const [left, causal, target] = [arms("encoder–decoder"), arms("causal"), arms("causal, loss on the target")] as const;
  const halfLayers = arms("encoder–decoder, half the layers");
  const loss = (name: string, own: TrainedArms, other: TrainedArms) => lossEffect(`CMUdict: ${name}`, own, other);
  return [
    loss("loss at equal tokens seen, encoder–decoder − causal", left, causal),
    loss("the same tokens supervised, encoder–decoder − causal with loss on the target", left, target),
    equalBudgetEffect({ name: "CMUdict: the same at equal FLOPs", left, right: target }, "flops"),
    loss("encoder–decoder of half the layers − causal with loss on the target", halfLayers, target),
  ];
}

const columns = [
  ...(["arm", "parameters", "TFLOPs", "tokens seen", "supervised", "nats per target token"] as const),
  ...(["PER", "WER"] as const),
];

const speedTable = (trained: TrainedArms): FindingsTable => ({
  title: "Measured: seconds of training",
  columns: ["arm", "seconds", "tokens seen per second", "GFLOP per second"],
  rows: trained.map(({ name, numbers, times = {} }) => {
    const seconds = times.seconds as number;
    return [name, seconds, numbers.tokensSeen / seconds, numbers.flops / seconds / 1e9];
  }),
  timed: true,
});
