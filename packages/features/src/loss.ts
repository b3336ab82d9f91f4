import type { FactoredLogits, Scalar, Tensor1D } from "@trivium/tensor";
import type { Batch } from "./batch.ts";

/** The loss of a batch: a sum over supervised positions, and their number. */
export interface Loss {
  /** Σ weight · loss; in nats for a likelihood. */
  readonly sum: Scalar;
  /** Number of supervised positions. */
  readonly tokens: number;
  /** `[B · L]`: the part of each position in the sum. Absent if the loss is not a sum over positions. */
  readonly losses?: Tensor1D | undefined;
  /** The part of each task in the sum. Absent if the batch has no tasks. */
  readonly tasks?: Readonly<Record<string, TaskLoss>> | undefined;
}

/** The part of a task in the loss of a batch. */
export interface TaskLoss {
  /** Σ weight · loss over the supervised positions of the task. */
  readonly sum: Scalar;
  /** Number of these positions. */
  readonly tokens: number;
}

/**
 * A loss over the logits of the predicting stream.
 *
 * The logits come as states `[B · L, M]` and a head, row by row as the batch's targets. `factoredCrossEntropy` takes them
 * as they are; `multiplyOut` gives the logits themselves.
 *
 * @example const loss: LossFunction = (logits, { supervisedTokens: tokens }) => ({ sum: tf.sum(multiplyOut(logits)), tokens });
 */
export type LossFunction<B = Batch> = (logits: FactoredLogits, batch: B) => Loss;
