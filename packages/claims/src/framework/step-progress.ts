import type { StepEvent } from "@trivium/trainer";
import type { ArmProgress } from "./claim.ts";

/** Returns the progress of an arm after a step of training; `what` says which training it is. */
export const stepProgress = ({ step, loss }: StepEvent, total: number, what = ""): ArmProgress => ({
  done: step,
  total,
  note: `${what}loss ${loss.toFixed(4)}`,
});
