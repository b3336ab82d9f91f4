import type { LossFunction } from "@trivium/features";
import { factoredCrossEntropy, type SoftmaxCrossEntropyOptions, tf } from "@trivium/tensor";
import { z } from "zod";

/** Options that every objective has. */
export const tokenLossOptions = {
  /** Probability mass spread over the vocabulary, in [0, 1). */
  labelSmoothing: z.number().min(0).lt(1).default(0),
  /** Coefficient of the squared log-normaliser; 1e-4 in Wang et al. 2022. */
  zLoss: z.number().min(0).default(0),
};

/** Makes the loss of an objective: the weighted cross-entropy of every position. */
export const tokenLoss =
  (options: SoftmaxCrossEntropyOptions): LossFunction =>
  (logits, { targets, lossWeights, supervisedTokens }) => {
    const losses = factoredCrossEntropy(logits, tf.tensor1d(targets, "int32"), tf.tensor1d(lossWeights), options);
    return { sum: tf.sum(losses), tokens: supervisedTokens, losses };
  };
