import { disposeTree } from "@trivium/tensor";
import type { LossHistory } from "./divergence.ts";
import type { Totals } from "./events.ts";
import type { OptimizerState, Trained } from "./optimizer.ts";

/** A training run between two steps. */
export interface Run {
  trained: Trained;
  /** Steps done. */
  step: number;
  totals: Totals;
  losses: LossHistory;
  /** The step of the newest checkpoint; undefined before the first. */
  savedStep: number | undefined;
}

/** Disposes every tree of an optimiser's state. */
export const disposeState = (state: OptimizerState): void => Object.values(state).forEach(disposeTree);

export function disposeTrained({ parameters, state }: Trained): void {
  disposeTree(parameters);
  disposeState(state);
}
