import type { TrainingSettings } from "@trivium/evaluator";

/**
 * The model of all arms of recall: with T5's large embeddings and one head some seeds learn to look a key up in one or
 * two thousand steps, others guess on; with smaller embeddings none did that was tried.
 */
export const recallModel = {
  ...{ width: 32, layers: 2, heads: 1, positions: "t5", initialisation: "t5" },
} as const satisfies TrainingSettings["model"];

export const recallLearningRate = 3e-3;
