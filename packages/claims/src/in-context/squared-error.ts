import type { Loss } from "@trivium/features";
import { type FactoredLogits, multiplyOut, type Tensor3D, tf } from "@trivium/tensor";
import { atQueries, type VectorBatch } from "./vector-batch.ts";

/** The squared error `Σ |y − ŷ|²` over the queries of a batch. */
export function squaredError(logits: FactoredLogits, batch: VectorBatch): Loss {
  const predicted = multiplyOut(logits);
  const asked = atQueries(tf.reshape(predicted, [batch.size, -1, predicted.shape[1]]) as Tensor3D, batch);
  const left = tf.sub(asked, tf.tensor3d(batch.answers, asked.shape));
  return { sum: tf.sum(tf.square(left)), tokens: batch.supervisedTokens };
}
