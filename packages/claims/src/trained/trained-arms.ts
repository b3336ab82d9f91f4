import type { ArmResult, TrainingNumbers } from "@trivium/evaluator";

/** Trained arms, in most places those of one kind, one for each seed. */
export type TrainedArms = readonly ArmResult<TrainingNumbers>[];
