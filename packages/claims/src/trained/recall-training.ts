import type { Preset } from "../framework/claim.ts";
import type { TrainingSettings } from "../framework/training-settings.ts";

export interface RecallTraining extends Pick<TrainingSettings, "batch" | "packing" | "learningRate"> {
  readonly model: NonNullable<TrainingSettings["model"]> & { readonly width: number; readonly layers: number };
}

const common = { batch: 64, packing: 64, learningRate: 3e-3 } as const;

/**
 * How all arms of recall are trained. It is learned at once, after a plateau of guessing among the values in sight. In
 * `full` a single stack leaves it within 5,000 steps, an encoder–decoder with some seeds: four heads, logits not scaled
 * down a second time (T5's initialisation holds the scale), contexts that are always new. `quick` is too short: some seeds
 * learn, others guess on.
 */
export const recallTraining: Readonly<Record<Preset, RecallTraining>> = {
  quick: { ...common, model: { width: 32, layers: 2, heads: 1, positions: "t5", initialisation: "t5" } },
  full: {
    ...common,
    model: { width: 64, layers: 4, heads: 4, positions: "t5", initialisation: "t5", attentionScale: "none" },
  },
};
