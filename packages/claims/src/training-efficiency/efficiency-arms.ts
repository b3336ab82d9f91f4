import type { ClaimArm, ClaimRequest, Preset } from "../framework/claim.ts";
import { type TrainingNumbers, trainingArm } from "../framework/training-arm.ts";
import type { TrainingSettings } from "../framework/training-settings.ts";
import { sights } from "../trained/sight.ts";

/** The two tasks: text, where source and target are alike, and pronunciation, where they are not. */
export type EfficiencyTask = "moby-dick" | "cmudict";

interface Kind extends Pick<TrainingSettings, "architecture" | "objective"> {
  /** Options that differ from the base model. */
  readonly model?: ((models: Models) => Partial<TrainingSettings["model"]>) | undefined;
  /** Share of the task's steps. Default 1. */
  readonly steps?: ((models: Models) => number) | undefined;
}

const { "causal, loss on all": causal, "encoder–decoder": pair } = sights;

/** Each differs from a neighbour in one thing: supervision, mask, stacks, depth, sharing, parameters or steps. */
const kinds = {
  causal,
  "causal, half the steps": { ...causal, steps: () => 0.5 },
  "causal, loss on the target": sights.causal,
  "causal, parameters of the encoder–decoder": { ...causal, model: ({ matched }) => matched },
  "causal, FLOPs of the encoder–decoder": { ...causal, steps: ({ flops }) => flops.same },
  "causal, parameters and FLOPs of the encoder–decoder": {
    ...causal,
    model: ({ matched }) => matched,
    steps: ({ flops }) => flops.matched,
  },
  // The prefix model's rows, positions and loss under the causal mask.
  "causal, loss behind the cut": { architecture: "causal", objective: sights.prefix.objective },
  prefix: sights.prefix,
  "encoder–decoder": pair,
  "encoder–decoder, half the layers": { ...pair, model: ({ half }) => ({ layers: half }) },
  "encoder–decoder, shared stacks": { ...pair, model: () => ({ sharedStacks: true }) },
} as const satisfies Readonly<Record<string, Kind>>;

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

type Models = (typeof efficiencyModels)[Preset];

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
  const models = efficiencyModels[preset];
  const { model, steps: share, ...sight }: Kind = kinds[kind];
  return trainingArm({
    name: `${task}: ${kind}, seed ${seed}`,
    ...sight,
    model: { ...models.base, ...model?.(models) },
    dataset: { name: task },
    seed,
    ...rest,
    steps: Math.round(steps * (share?.(models) ?? 1)),
  });
}
