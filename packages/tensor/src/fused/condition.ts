import { type Tensor, tf } from "../tf.ts";

/** Returns a condition on a tensor through which no gradient flows: tfjs has none for its comparisons. */
export const condition = (x: Tensor, test: (x: Tensor) => Tensor): Tensor =>
  tf.customGrad((input) => ({ value: test(input as Tensor), gradFunc: () => tf.zerosLike(x) }))(x);
