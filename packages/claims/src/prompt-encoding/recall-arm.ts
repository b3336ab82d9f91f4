import type { ClaimArm, Preset } from "../framework/claim.ts";
import { type TrainingNumbers, trainingArm } from "../framework/training-arm.ts";
import { recallTraining } from "../trained/recall-training.ts";
import { type SightName, sights } from "../trained/sight.ts";

export type QuestionPlace = "first" | "last";

/** So few pairs that recall is learned, in `quick` by some seeds; contexts of one pair ask for copying alone. */
const presets = {
  quick: { task: { pairs: 2, train: 3000, validation: 500, test: 0 }, steps: 650, part: "validation" },
  // Test contexts ask for one key, those of the validation part for as many as the trained ones.
  full: { task: { pairs: 3, questions: 3, train: 100_000, validation: 100, test: 1000 }, steps: 5000, part: "test" },
} as const;

export interface RecallOptions {
  readonly sight: SightName;
  readonly question: QuestionPlace;
  readonly preset: Preset;
  readonly seed: number;
}

/** A training run on looking a key up in a context: contexts, questions and order are the same for both places. */
export function recallArm({ sight, question, preset, seed }: RecallOptions): ClaimArm<TrainingNumbers> {
  const { task, steps, part } = presets[preset];
  return trainingArm({
    name: sight,
    ...sights[sight],
    ...recallTraining[preset],
    steps,
    seed,
    dataset: { name: "key-value-recall", options: { ...task, question, fewestPairs: 1, keys: 8, values: 8 } },
    evaluation: { part, maximumTokens: 4 },
  });
}
