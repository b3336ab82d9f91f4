import { type Tensor, tf } from "../tf.ts";

/**
 * Returns a condition on a tensor through which no gradient flows: tfjs has none for its comparisons. The gradient reads
 * the tensor's shape alone, since the tensor itself is not saved for it.
 */
export const condition = (x: Tensor, test: (x: Tensor) => Tensor): Tensor =>
  tf.customGrad((input) => ({ value: test(input as Tensor), gradFunc: () => tf.fill(x.shape, 0) }))(x);
