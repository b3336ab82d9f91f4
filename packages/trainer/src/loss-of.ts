import type { Batch } from "@trivium/features";
import type { ForwardOptions, Model } from "@trivium/model";
import type { Loss, Objective } from "@trivium/objectives";
import type { ParameterTree } from "@trivium/tensor";

/** A model and what it is trained or scored for. */
export interface LossParts {
  readonly model: Pick<Model, "config" | "logits">;
  readonly objective: Pick<Objective, "loss">;
}

/** Logits that large, and in training their gradient too, cost more memory than one product more costs time. */
const LEAST_BYTES = 2 ** 28;
/** Smaller vocabularies are short of chunks. */
const LEAST_VOCABULARY = 4096;

/** Whether the logits stay factored, by their shape alone: `rows` times `vocabulary` float32 numbers. */
export const isForFactors = (rows: number, vocabulary: number): boolean =>
  vocabulary >= LEAST_VOCABULARY && 4 * rows * vocabulary >= LEAST_BYTES;

/**
 * The loss of a model on a batch: of its logits, or, where these would take 256 MiB and model and objective can, of the
 * factors of which they are the product.
 *
 * @throws what `model.logits` and `objective.loss` throw.
 */
export function lossOf(
  { model, objective }: LossParts,
  parameters: ParameterTree,
  batch: Batch,
  options: ForwardOptions = {},
): Loss {
  const { factors } = model.logits;
  const { ofFactors } = objective.loss;
  const isFactored = factors && ofFactors && isForFactors(batch.targets.length, model.config.vocabulary);
  if (isFactored) return ofFactors(factors(parameters, batch, options), batch);
  return objective.loss(model.logits(parameters, batch, options), batch);
}
