import type { Batch, Loss } from "@trivium/features";
import { type ForwardOptions, factorsOf, type LanguageModel } from "@trivium/model";
import type { Objective } from "@trivium/objectives";
import type { ParameterTree } from "@trivium/tensor";

/** A model, and the objective whose loss it is trained or scored with. */
export interface LossParts {
  readonly model: Pick<LanguageModel, "states" | "readOut">;
  readonly objective: Pick<Objective, "loss">;
}

/**
 * Takes the loss of a model on a batch.
 *
 * @throws what `model.states` and `objective.loss` throw.
 */
export const lossOf = (
  { model, objective }: LossParts,
  parameters: ParameterTree,
  batch: Batch,
  options: ForwardOptions = {},
): Loss => objective.loss(factorsOf(model, parameters, batch, options), batch);
