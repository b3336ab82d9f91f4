import { type ClaimArm, type Preset, type TrainingNumbers, trainingArm } from "@trivium/evaluator";
import { recallLearningRate, recallModel } from "../trained/recall-model.ts";
import { type SightName, sights } from "../trained/sight.ts";

export type QuestionPlace = "first" | "last";

/** So few pairs that recall is learned by some seeds of every architecture; contexts of one pair ask for copying alone. */
const sizes = {
  quick: { task: { pairs: 2, train: 3000 }, steps: 1600 },
  full: { task: { pairs: 3, train: 10_000 }, steps: 4000 },
} as const;

export interface RecallOptions {
  readonly sight: SightName;
  readonly question: QuestionPlace;
  readonly preset: Preset;
  readonly seed: number;
}

/** A training run on looking a key up in a context: contexts, questions and order are the same for both places. */
export function recallArm({ sight, question, preset, seed }: RecallOptions): ClaimArm<TrainingNumbers> {
  const { task, steps } = sizes[preset];
  return trainingArm({
    ...{ name: sight, ...sights[sight], model: recallModel, steps, seed, batch: 64, packing: 64 },
    learningRate: recallLearningRate,
    dataset: {
      name: "key-value-recall",
      options: { ...task, question, fewestPairs: 1, keys: 8, values: 8, validation: 1000, test: 0 },
    },
    evaluation: { maximumTokens: 4 },
  });
}
