import { createRandom } from "@trivium/core";
import { type ParameterTree, type Tensor, tf, valueAndGradients } from "@trivium/tensor";
import type { AttentionKernel } from "../attention-kernel.ts";
import { type CaseProblem, normal, uploadInputs } from "./case-problem.ts";

/** Row-major numbers by name: `query`, `key`, `value`, `bias`. */
export type PlainGradients = Readonly<Record<string, Float32Array>>;

/** The output of a kernel as plain numbers; leaves no tensor behind. */
export function outputOf(kernel: AttentionKernel, problem: Pick<CaseProblem, "inputs" | "request">): Float32Array {
  return tf.tidy(
    () =>
      kernel
        .attend(problem.request(uploadInputs(problem.inputs)))
        .dataSync()
        .slice() as never,
  );
}

/** The random weights that turn an output into a loss: `Σ weight · output`. */
export function lossWeights(shape: readonly number[]): Float32Array {
  return normal(createRandom("loss"), shape).values;
}

/** The gradients of `Σ weight · output` with respect to every input; leaves no tensor behind. */
export function gradientsOf(kernel: AttentionKernel, { inputs, request }: CaseProblem): PlainGradients {
  const tensors = uploadInputs(inputs);
  const weights = tf.tensor(lossWeights(inputs.query!.shape), [...inputs.query!.shape]);
  const loss = (): Tensor => tf.sum(tf.mul(kernel.attend(request(tensors)), weights));
  const { value, gradients } = valueAndGradients(loss, tensors as ParameterTree);
  const plain = Object.fromEntries(
    Object.entries(gradients as Record<string, Tensor>).map(([name, one]) => [
      name,
      one.dataSync().slice() as Float32Array,
    ]),
  );
  tf.dispose([value, weights, tensors, gradients as Record<string, Tensor>]);
  return plain;
}

/** The greatest `|actual − expected| / (1 + |expected|)`; infinite where either is not finite. */
export function greatestError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  let greatest = 0;
  for (let index = 0; index < expected.length; index++) {
    const error = Math.abs(actual[index]! - expected[index]!) / (1 + Math.abs(expected[index]!));
    if (!(error <= greatest)) greatest = Number.isFinite(error) ? error : Number.POSITIVE_INFINITY;
  }
  return greatest;
}
