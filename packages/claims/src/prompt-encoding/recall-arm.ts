import { type ClaimArm, type Preset, type TrainingNumbers, trainingArm } from "@trivium/evaluator";
import { type SightName, sights } from "../trained/sight.ts";

export type QuestionPlace = "first" | "last";

/** `quick` sees arms guess among the values in sight: more pairs would only take longer to get there. */
const sizes = {
  quick: { task: { pairs: 4, keys: 8, values: 8 }, model: { width: 64, layers: 2, heads: 4 }, steps: 800 },
  full: { task: { pairs: 4, keys: 16, values: 16 }, model: { width: 128, layers: 3, heads: 8 }, steps: 4000 },
} as const;

export interface RecallOptions {
  readonly sight: SightName;
  readonly question: QuestionPlace;
  readonly preset: Preset;
  readonly seed: number;
}

/** A training run on looking a key up in a context: contexts, questions and order are the same for both places. */
export function recallArm({ sight, question, preset, seed }: RecallOptions): ClaimArm<TrainingNumbers> {
  const { task, model, steps } = sizes[preset];
  return trainingArm({
    ...{ name: sight, ...sights[sight], model: { ...model, restartPositions: true }, steps, seed, batch: 64 },
    packing: 64,
    dataset: {
      name: "key-value-recall",
      options: { ...task, question, train: preset === "quick" ? 10_000 : 50_000, validation: 1000, test: 0 },
    },
  });
}
