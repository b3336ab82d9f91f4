import { type Tensor3D, tf } from "@trivium/tensor";
import type { LossSum } from "@trivium/trainer";
import { atQueries, type VectorBatch } from "./vector-batch.ts";

/** Returns `Σ |y − ŷ|²` over the queries of a batch. */
export function squaredError(predictions: Tensor3D, batch: VectorBatch): LossSum {
  const asked = atQueries(predictions, batch);
  const left = tf.sub(asked, tf.tensor3d(batch.answers, asked.shape));
  return { sum: tf.sum(tf.square(left)), tokens: batch.supervisedTokens };
}
