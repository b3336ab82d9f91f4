import type { ArmResult } from "../framework/claim.ts";
import type { TrainingNumbers } from "../framework/training-arm.ts";

/** Trained arms, in most places those of one kind, one for each seed. */
export type TrainedArms = readonly ArmResult<TrainingNumbers>[];

/** Finds the trained arms of a kind by its name. */
export type FindArms = (name: string) => TrainedArms;
