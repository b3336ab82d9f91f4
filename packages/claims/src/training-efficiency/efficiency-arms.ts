import type { ClaimArm, ClaimRequest, Preset } from "../framework/claim.ts";
import { type TrainingNumbers, trainingArm } from "../framework/training-arm.ts";

/** The two tasks: text, where source and target are alike, and pronunciation, where they are not. */
export type EfficiencyTask = "moby-dick" | "cmudict";

const causalOnAll = { architecture: "causal", objective: { name: "causal-lm", options: { loss: "all" } } } as const;

/** Each differs from a neighbour in one thing: supervision, mask, stacks, depth, sharing, parameters or steps. */
const kinds = {
  causal: causalOnAll,
  "causal, half the steps": causalOnAll,
  "causal, loss on the target": {
    architecture: "causal",
    objective: { name: "causal-lm", options: { loss: "target" } },
  },
  "causal, parameters of the encoder–decoder": causalOnAll,
  "causal, FLOPs of the encoder–decoder": causalOnAll,
  "causal, parameters and FLOPs of the encoder–decoder": causalOnAll,
  // The prefix model's rows, positions and loss under the causal mask.
  "causal, loss behind the cut": { architecture: "causal", objective: { name: "prefix-lm" } },
  prefix: { architecture: "prefix", objective: { name: "prefix-lm" } },
  "encoder–decoder": { architecture: "encoder-decoder", objective: { name: "seq2seq" } },
  "encoder–decoder, half the layers": { architecture: "encoder-decoder", objective: { name: "seq2seq" } },
  "encoder–decoder, shared stacks": { architecture: "encoder-decoder", objective: { name: "seq2seq" } },
} as const;

export type EfficiencyKind = keyof typeof kinds;

/** Further arms of `full` at equal FLOPs. In `quick`, losses at equal FLOPs are read off curves instead. */
const sameFlops = [
  "causal, FLOPs of the encoder–decoder",
  "causal, parameters and FLOPs of the encoder–decoder",
] as const satisfies readonly EfficiencyKind[];

const kindsOf = (preset: Preset): Readonly<Record<EfficiencyTask, readonly EfficiencyKind[]>> => ({
  "moby-dick": [
    ...(["causal", "causal, half the steps", "causal, parameters of the encoder–decoder", "prefix"] as const),
    ...(["encoder–decoder", "encoder–decoder, half the layers", "encoder–decoder, shared stacks"] as const),
    ...(preset === "full" ? sameFlops : []),
  ],
  cmudict: [
    ...(["causal", "causal, loss on the target", "prefix"] as const),
    ...(["encoder–decoder", "encoder–decoder, half the layers"] as const),
  ],
});

/**
 * `layers` of each stack; `half` has as many in both stacks together; `matched` was found by `matchConfiguration`.
 * `flops` are the encoder–decoder's on a text cut in the middle, as a share of those of the model and of the matched one.
 */
export const efficiencyModels = {
  quick: {
    base: { width: 64, layers: 2, heads: 4, restartPositions: true },
    half: { source: 1, target: 1 },
    matched: { layers: 5, feedForward: 232 },
    flops: { same: 1.09, matched: 0.5 },
  },
  full: {
    base: { width: 128, layers: 3, heads: 8, restartPositions: true },
    half: { source: 2, target: 1 },
    matched: { layers: 7, feedForward: 512 },
    flops: { same: 1.14, matched: 0.5 },
  },
} as const;

/** On CMUdict these are the settings of the claim `prefix-supervision`, so that both share their arms. */
const settings = {
  quick: {
    "moby-dick": { steps: 50, batch: 16, packing: 128, evaluation: { scored: 64, curvePoints: 4 } },
    cmudict: { steps: 200, batch: 64, packing: 64, evaluation: { scored: 1000, decoded: 200 } },
  },
  full: {
    "moby-dick": { steps: 400, batch: 32, packing: 128 },
    cmudict: { steps: 1500, batch: 64, packing: 64, evaluation: { scored: 2670, decoded: 2670 } },
  },
} as const;

interface EfficiencySettings {
  readonly preset: Preset;
  readonly task: EfficiencyTask;
  readonly kind: EfficiencyKind;
  readonly seed: number;
}

export interface EfficiencyArm extends Omit<EfficiencySettings, "preset"> {
  readonly arm: ClaimArm<TrainingNumbers>;
}

/** All arms but the repetition: every kind of each task, for every seed. */
export function efficiencyArms({ preset, seeds }: ClaimRequest): EfficiencyArm[] {
  return (["moby-dick", "cmudict"] as const).flatMap((task) =>
    kindsOf(preset)[task].flatMap((kind) =>
      seeds.map((seed) => ({ task, kind, seed, arm: efficiencyArm({ preset, task, kind, seed }) })),
    ),
  );
}

/** Returns an arm of this claim, or one that another claim compares with it. */
export function efficiencyArm({ preset, task, kind, seed }: EfficiencySettings): ClaimArm<TrainingNumbers> {
  const { steps, ...rest } = settings[preset][task];
  return trainingArm({
    name: `${task}: ${kind}, seed ${seed}`,
    ...kinds[kind],
    model: modelOf(preset, kind),
    dataset: { name: task },
    seed,
    ...rest,
    steps: Math.round(steps * shareOfSteps(preset, kind)),
  });
}

function shareOfSteps(preset: Preset, kind: EfficiencyKind): number {
  const { flops } = efficiencyModels[preset];
  if (kind === "causal, half the steps") return 0.5;
  if (kind === "causal, FLOPs of the encoder–decoder") return flops.same;
  return kind === "causal, parameters and FLOPs of the encoder–decoder" ? flops.matched : 1;
}

function modelOf(preset: Preset, kind: EfficiencyKind) {
  const { base, half, matched } = efficiencyModels[preset];
  if (kind === "causal, parameters of the encoder–decoder") return { ...base, ...matched };
  if (kind === "causal, parameters and FLOPs of the encoder–decoder") return { ...base, ...matched };
  if (kind === "encoder–decoder, half the layers") return { ...base, layers: half };
  return kind === "encoder–decoder, shared stacks" ? { ...base, sharedStacks: true } : base;
}
