import type { Batch } from "@trivium/features";
import {
  type FactoredLogits,
  linearCrossEntropy,
  type SoftmaxCrossEntropyOptions,
  softmaxCrossEntropy,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  tf,
} from "@trivium/tensor";
import { z } from "zod";
import type { Loss, LossFunction } from "./objective.ts";

/** Options that every objective has. */
export const tokenLossOptions = {
  /** Probability mass spread over the vocabulary, in [0, 1). */
  labelSmoothing: z.number().min(0).lt(1).default(0),
  /** Coefficient of the squared log-normaliser; 1e-4 in Wang et al. 2022. */
  zLoss: z.number().min(0).default(0),
};

/** The weighted cross-entropy of every position: its sum, and how many positions carry loss. */
export function tokenLoss(options: SoftmaxCrossEntropyOptions): LossFunction {
  const lossOf = (of: (targets: Tensor1D, weights: Tensor1D) => Tensor1D, batch: Batch): Loss => {
    const losses = of(tf.tensor1d(batch.targets, "int32"), tf.tensor1d(batch.lossWeights));
    return { sum: tf.sum(losses), tokens: batch.supervisedTokens, losses };
  };
  const ofLogits = (logits: Tensor3D, batch: Batch) => {
    const rows = tf.reshape(logits, [-1, logits.shape[2]]) as Tensor2D;
    return lossOf((targets, weights) => softmaxCrossEntropy(rows, targets, weights, options), batch);
  };
  const ofFactors = (logits: FactoredLogits, batch: Batch) =>
    lossOf((targets, weights) => linearCrossEntropy(logits, targets, weights, options), batch);
  return Object.assign(ofLogits, { ofFactors });
}
