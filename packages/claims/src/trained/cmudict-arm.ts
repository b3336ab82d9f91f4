import type { ClaimArm, Preset } from "../framework/claim.ts";
import { type TrainingNumbers, trainingArm } from "../framework/training-arm.ts";
import type { TrainingSettings } from "../framework/training-settings.ts";
import { type SightName, sights } from "./sight.ts";

/** As in the claim training-efficiency, so that claims share arms. */
const sizes = {
  quick: { model: { width: 64, layers: 2, heads: 4 }, steps: 200, scored: 1000, decoded: 200 },
  full: { model: { width: 128, layers: 3, heads: 8 }, steps: 1500, scored: 2670, decoded: 2670 },
} as const;

export interface CmudictOptions {
  readonly sight: SightName;
  readonly preset: Preset;
  readonly seed: number;
  /** What differs from the model of the preset. */
  readonly model?: TrainingSettings["model"] | undefined;
  /** Default: those of the preset. */
  readonly steps?: number | undefined;
}

/** How much a preset trains on CMUdict. */
export const cmudictSteps = (preset: Preset): number => sizes[preset].steps;

/** What is trained on spelling to pronunciation, and how it is scored. */
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

/** A training run on spelling to pronunciation. */
export const cmudictArm = (options: CmudictOptions): ClaimArm<TrainingNumbers> =>
  trainingArm({ name: options.sight, ...cmudictSettings(options) });
