import type { Batch } from "@trivium/features";
import {
  type SoftmaxCrossEntropyOptions,
  softmaxCrossEntropy,
  type Tensor2D,
  type Tensor3D,
  tf,
} from "@trivium/tensor";
import { z } from "zod";
import type { Loss } from "./objective.ts";

/** Options that every objective has. */
export const tokenLossOptions = {
  /** Probability mass spread over the vocabulary, in [0, 1). */
  labelSmoothing: z.number().min(0).lt(1).default(0),
  /** Coefficient of the squared log-normaliser; 1e-4 in Wang et al. 2022. */
  zLoss: z.number().min(0).default(0),
};

/** The weighted cross-entropy of every position: its sum, and how many positions carry loss. */
export function tokenLoss(logits: Tensor3D, batch: Batch, options: SoftmaxCrossEntropyOptions): Loss {
  const vocabulary = logits.shape[2];
  const losses = softmaxCrossEntropy(
    tf.reshape(logits, [-1, vocabulary]) as Tensor2D,
    tf.tensor1d(batch.targets, "int32"),
    tf.tensor1d(batch.lossWeights),
    options,
  );
  return { sum: tf.sum(losses), tokens: batch.supervisedTokens };
}
