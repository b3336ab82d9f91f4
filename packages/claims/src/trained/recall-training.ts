import type { Preset } from "../framework/claim.ts";
import type { TrainingSettings } from "../framework/training-settings.ts";

export interface RecallTraining extends Pick<TrainingSettings, "batch" | "packing" | "learningRate"> {
  readonly model: NonNullable<TrainingSettings["model"]> & { readonly width: number; readonly layers: number };
}

const common = { batch: 64, packing: 64, learningRate: 3e-3 } as const;

/**
 * The training of all arms of recall. Recall is learned suddenly, after a plateau of guessing among the visible values.
 * In `full` a single stack leaves the plateau within 5,000 steps, and an encoder–decoder does with some seeds. That
 * needs four heads, logits that are not scaled down a second time (T5's initialisation holds the scale), and contexts
 * that are always new. `quick` is too short: some seeds learn, others keep guessing.
 */
export const recallTraining: Readonly<Record<Preset, RecallTraining>> = {
  quick: { ...common, model: { width: 32, layers: 2, heads: 1, positions: "t5", initialisation: "t5" } },
  full: {
    ...common,
    model: { width: 64, layers: 4, heads: 4, positions: "t5", initialisation: "t5", attentionScale: "none" },
  },
};
