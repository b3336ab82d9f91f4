import { type FactoredLogits, multiplyOut } from "./factored-logits.ts";
import { linearCrossEntropy, withoutUncounted } from "./fused/linear-cross-entropy.ts";
import { type SoftmaxCrossEntropyOptions, softmaxCrossEntropy } from "./fused/softmax-cross-entropy.ts";
import { isPacked } from "./packed-weight.ts";
import type { Tensor1D } from "./tf.ts";

/** Logits that large, and in training their gradient too, cost more memory than one product more costs time. */
const LEAST_BYTES = 2 ** 28;
/** Smaller vocabularies are short of chunks. */
const LEAST_VOCABULARY = 4096;

/** Whether logits stay factored, by their shape alone: `rows` times `vocabulary` float32 numbers. */
export const staysFactored = (rows: number, vocabulary: number): boolean =>
  vocabulary >= LEAST_VOCABULARY && 4 * rows * vocabulary >= LEAST_BYTES;

/**
 * Cross-entropy of the softmax of factored logits, weighted, as `softmaxCrossEntropy` defines it.
 *
 * Logits of less than 256 MiB, or of a vocabulary below 4096, are multiplied out. Larger ones are taken a chunk of the
 * vocabulary at a time (`linearCrossEntropy`).
 *
 * @param targets - `[R]` int32, each in [0, V); a row of weight 0 may hold any id.
 * @param weights - `[R]`; a row of weight 0 contributes exactly 0. No gradient flows to it.
 * @returns `[R]`, nats.
 * @throws {ShapeError} `softmax-cross-entropy/shapes`, `linear-cross-entropy/shapes`, `softmax-cross-entropy/target`.
 */
export function factoredCrossEntropy(
  logits: FactoredLogits,
  targets: Tensor1D,
  weights: Tensor1D,
  options: SoftmaxCrossEntropyOptions = {},
): Tensor1D {
  const { weight, transpose } = logits.head;
  if (!isPacked(weight) && staysFactored(logits.states.shape[0], weight.shape[transpose ? 0 : 1]))
    return linearCrossEntropy(logits, targets, weights, options);
  const states = withoutUncounted(logits.states, weights);
  return softmaxCrossEntropy(multiplyOut({ ...logits, states }), targets, weights, options);
}
