import { disposeTree, type ParameterTree } from "@trivium/tensor";
import type { Optimizer } from "./optimizer.ts";
import { disposeRest, ownedPart } from "./ownership.ts";
import { allParameters, type Run } from "./run.ts";

/** Weights of a run: those that gradients are taken at, or the optimiser's average of them. */
export type Weights = "trained" | "averaged";

/** Hands the weights to use to a function, which borrows them: the averaged ones where the optimiser keeps an average. */
export async function withWeights<T>(
  run: Run,
  optimizer: Optimizer,
  use: (parameters: ParameterTree, weights: Weights) => Promise<T>,
): Promise<T> {
  const parameters = await averagedParameters(run, optimizer);
  if (!parameters) return use(allParameters(run), "trained");
  try {
    return await use(allParameters({ ...run, trained: { ...run.trained, parameters } }), "averaged");
  } finally {
    disposeTree(parameters);
  }
}

/** Replaces the trained weights by the averaged ones, if there are any. */
export async function settleWeights(run: Run, optimizer: Optimizer): Promise<void> {
  const parameters = await averagedParameters(run, optimizer);
  if (!parameters) return;
  disposeTree(run.trained.parameters);
  run.trained = { ...run.trained, parameters };
}

/** Computes the averaged weights of the trained parameters, whole. The caller disposes them. */
async function averagedParameters(
  { trained, slices, sharding }: Run,
  optimizer: Optimizer,
): Promise<ParameterTree | undefined> {
  if (!optimizer.averaged) return undefined;
  const owned = ownedPart(trained.parameters, slices);
  const averaged = optimizer.averaged({ ...trained, parameters: owned });
  const whole = await sharding.publish(averaged);
  disposeRest(owned, trained.parameters);
  disposeRest(averaged, whole);
  return whole;
}
