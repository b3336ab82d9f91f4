import type { Json } from "@trivium/core";
import { disposeTree, flattenTree, type ParameterTree } from "@trivium/tensor";
import type { BestSoFar } from "./best.ts";
import type { LossHistory } from "./divergence.ts";
import type { Totals } from "./events.ts";
import type { OptimizerState, Trained } from "./optimizer.ts";
import type { FaultCounts } from "./recovery.ts";
import type { Sharding, Slice } from "./sharding.ts";
import { treeOf } from "./trees.ts";

/** A training run between two steps. */
export interface Run {
  /** Trained parameters, whole, and the optimiser's state of those rows that this process owns. */
  trained: Trained;
  /** Parameters that do not move. */
  readonly frozen: ParameterTree;
  /** Paths of all parameters, in their order. */
  readonly paths: readonly string[];
  readonly sharding: Sharding;
  readonly slices: readonly Slice[];
  /** Steps done. */
  step: number;
  /** Place where the batch source goes on. */
  cursor: Json;
  totals: Totals;
  losses: LossHistory;
  faults: FaultCounts;
  best: BestSoFar;
  /** The step of the newest checkpoint. Undefined before the first. */
  savedStep: number | undefined;
}

/** Returns all parameters of the run, trained and frozen, in their order. */
export function allParameters({ trained, frozen, paths }: Pick<Run, "trained" | "frozen" | "paths">): ParameterTree {
  if (Object.keys(frozen).length === 0) return trained.parameters;
  const leaves = { ...flattenTree(trained.parameters), ...flattenTree(frozen) };
  return treeOf(paths, (path) => leaves[path]!);
}

/** Disposes every tree of an optimiser's state. */
export const disposeState = (state: OptimizerState): void => Object.values(state).forEach(disposeTree);

/** Disposes the parameters that the run trains, and the optimiser's state. */
export function disposeTrained({ trained }: Pick<Run, "trained">): void {
  disposeTree(trained.parameters);
  disposeState(trained.state);
}

/** Disposes everything that the run holds. */
export function disposeRun(run: Run): void {
  disposeTrained(run);
  disposeTree(run.frozen);
}
