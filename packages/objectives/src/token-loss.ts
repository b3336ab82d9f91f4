import { ConfigError } from "@trivium/core";
import { type LossFunction, taskLosses } from "@trivium/features";
import { factoredCrossEntropy, type SoftmaxCrossEntropyOptions, type Tensor1D, tf } from "@trivium/tensor";
import { z } from "zod";

/** Options that every objective has. */
export const tokenLossOptions = {
  /** Probability mass spread over the vocabulary, in [0, 1). */
  labelSmoothing: z.number().min(0).lt(1).default(0),
  /** Coefficient of the squared log-normaliser; 1e-4 in Wang et al. 2022. */
  zLoss: z.number().min(0).default(0),
  /** Exponent γ of the focal loss, which weighs what is predicted well less: `(1 − p)^γ · −log p`. Default: none. */
  focal: z.number().positive().optional(),
  /** Factors of the loss weights of tasks, by name; 0 takes no loss. A task that is not named has 1. Default: none. */
  taskWeights: z.record(z.string(), z.number().min(0)).optional(),
};

/** The options of {@link tokenLoss}. */
export interface TokenLossOptions extends SoftmaxCrossEntropyOptions {
  /** Exponent γ of the focal loss. Default: none. */
  readonly focal?: number | undefined;
}

/**
 * Makes the loss of an objective: the weighted cross-entropy of every position, and its sums by task if the batch has
 * tasks.
 *
 * @throws {ConfigError} `objective/options` for a focal loss with label smoothing or z-loss, whose `p` would be none.
 * @source focal loss: Lin et al. 2017, https://arxiv.org/abs/1708.02002
 */
export function tokenLoss({ focal, ...options }: TokenLossOptions): LossFunction {
  if (focal !== undefined && (options.labelSmoothing || options.zLoss)) {
    const message =
      "the focal loss takes neither label smoothing nor z-loss; leave out focal, or labelSmoothing and zLoss";
    throw new ConfigError("objective/options", message);
  }
  return (logits, batch) => {
    const { lossWeights, supervisedTokens } = batch;
    const targets = tf.tensor1d(batch.targets, "int32");
    const losses =
      focal === undefined
        ? factoredCrossEntropy(logits, targets, tf.tensor1d(lossWeights), options)
        : focalLosses(
            factoredCrossEntropy(logits, targets, tf.tensor1d(lossWeights.map(Math.sign))),
            lossWeights,
            focal,
          );
    return { sum: tf.sum(losses), tokens: supervisedTokens, losses, tasks: taskLosses(losses, batch) };
  };
}

/** The focal loss of each position, from its negative log-likelihood. */
function focalLosses(nats: Tensor1D, weights: Float32Array, exponent: number): Tensor1D {
  // 1 − p is never exactly 0, where the gradient of a power below 1 is infinite.
  const missed = tf.clipByValue(tf.sub(1, tf.exp(tf.neg(nats))), 1e-7, 1);
  return tf.mul(tf.mul(tf.pow(missed, exponent), nats), tf.tensor1d(weights));
}
