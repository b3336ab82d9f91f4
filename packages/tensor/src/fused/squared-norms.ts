import type { NamedTensorMap } from "@tensorflow/tfjs-core";
import { type Tensor, type Tensor1D, tf } from "../tf.ts";
import { defineFusedOp } from "./fused-kernel.ts";

const run = defineFusedOp<NamedTensorMap, Record<string, never>>({
  kernelName: "TriviumSquaredNorms",
  composed: (inputs) => tf.stack(Object.values(inputs).map((x) => tf.sum(tf.square(x)))),
});

/**
 * The sum of squares of each tensor: `Σ x²`. It has no gradient.
 *
 * @param tensors - float32, at least one.
 * @returns `[number of tensors]`.
 */
export const squaredNorms = (tensors: readonly Tensor[]): Tensor1D =>
  run(Object.fromEntries(tensors.map((tensor, index) => [`x${index}`, tensor])), {})[0] as Tensor1D;
