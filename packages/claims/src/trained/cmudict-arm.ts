import type { ClaimArm, Preset } from "../framework/claim.ts";
import { type TrainingNumbers, trainingArm } from "../framework/training-arm.ts";
import type { TrainingSettings } from "../framework/training-settings.ts";
import type { SeededArms } from "./seeded-arms.ts";
import { type SightName, sights } from "./sight.ts";

/** Budgets of each preset, equal to those of the claim training-efficiency, so that claims share arms. */
const sizes = {
  quick: { model: { width: 64, layers: 2, heads: 4 }, steps: 200, scored: 1000, decoded: 200 },
  full: { model: { width: 128, layers: 3, heads: 8 }, steps: 1500, scored: 2670, decoded: 2670 },
} as const;

export interface CmudictOptions {
  readonly sight: SightName;
  readonly preset: Preset;
  readonly seed: number;
  /** Options that differ from the model of the preset. */
  readonly model?: TrainingSettings["model"] | undefined;
  /** Default: those of the preset. */
  readonly steps?: number | undefined;
}

/** Returns the number of training steps of a preset on CMUdict. */
export const cmudictSteps = (preset: Preset): number => sizes[preset].steps;

/** Returns the settings of training on spelling to pronunciation, and of scoring. */
export function cmudictSettings({ sight, preset, seed, model, steps }: CmudictOptions): TrainingSettings {
  const { model: usual, steps: all, scored, decoded } = sizes[preset];
  return {
    ...sights[sight],
    model: { ...usual, restartPositions: true, ...model },
    steps: steps ?? all,
    seed,
    batch: 64,
    packing: 64,
    dataset: { name: "cmudict" },
    evaluation: { scored, decoded },
  };
}

/** Returns the training runs on spelling to pronunciation that differ by their seed alone. */
export const cmudictArms = (name: string, options: Omit<CmudictOptions, "seed">): SeededArms => ({
  name,
  arm: (seed) => cmudictArm({ ...options, seed }),
});

/** Returns a training run on spelling to pronunciation. */
export const cmudictArm = (options: CmudictOptions): ClaimArm<TrainingNumbers> =>
  trainingArm({ name: options.sight, ...cmudictSettings(options) });
