import { type Tensor, type Tensor1D, tf } from "../tf.ts";
import { fusedKernels } from "./fused-kernels.ts";
import { defineFusedOp } from "./fused-op.ts";

const run = defineFusedOp(fusedKernels.squaredNorms, {
  composed: (inputs) => tf.stack(inputs.map((x) => tf.sum(tf.square(x)))),
});

/**
 * Sums the squares of each tensor: `Σ x²`. There is no gradient.
 *
 * @param tensors - float32, at least one.
 * @returns `[number of tensors]`.
 */
export const squaredNorms = (tensors: readonly Tensor[]): Tensor1D => run(tensors, {})[0] as Tensor1D;
