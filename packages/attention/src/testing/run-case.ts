import { createRandom } from "@trivium/core";
import { type ParameterTree, type Tensor, tf, valueAndGradients } from "@trivium/tensor";
import type { AttentionKernel } from "../attention-kernel.ts";
import { attentionGradientsInFloat64 } from "./attention-in-float64.ts";
import { type CaseProblem, normal, uploadInputs } from "./case-problem.ts";

/** Row-major numbers by name: `query`, `key`, `value`, `bias`. */
export type PlainGradients = Readonly<Record<string, Float32Array>>;

/** The output of a kernel as plain numbers; leaves no tensor behind. */
export function outputOf(
  kernel: AttentionKernel,
  problem: Pick<CaseProblem, "inputs" | "request">,
): Promise<Float32Array> {
  return readOut(tf.tidy(() => kernel.attend(problem.request(uploadInputs(problem.inputs)))));
}

/** The numbers of a tensor, which is disposed. Asynchronous, since some devices cannot be read otherwise. */
export async function readOut(tensor: Tensor): Promise<Float32Array> {
  try {
    return (await tensor.data()).slice() as Float32Array;
  } finally {
    tensor.dispose();
  }
}

/** The random weights that turn an output into a loss: `Σ weight · output`. */
export function lossWeights(shape: readonly number[]): Float32Array {
  return normal(createRandom("loss"), shape).values;
}

/** The gradients of `Σ weight · output` with respect to every input; leaves no tensor behind. */
export async function gradientsOf(kernel: AttentionKernel, { inputs, request }: CaseProblem): Promise<PlainGradients> {
  const tensors = uploadInputs(inputs);
  const weights = tf.tensor(lossWeights(inputs.query!.shape), [...inputs.query!.shape]);
  const loss = (): Tensor => tf.sum(tf.mul(kernel.attend(request(tensors)), weights));
  const { value, gradients } = valueAndGradients(loss, tensors as ParameterTree);
  tf.dispose([value, weights, tensors]);
  const plain: Record<string, Float32Array> = {};
  for (const [name, one] of Object.entries(gradients as Record<string, Tensor>)) plain[name] = await readOut(one);
  return plain;
}

/** The same gradients in float64. Each value of a bias is found by its index, since a bias picks one for each pair. */
export function gradientsInFloat64({ inputs, plain }: CaseProblem): Readonly<Record<string, Float64Array>> {
  const biasSize = inputs.bias?.values.length ?? 0;
  const indices = Float64Array.from({ length: biasSize }, (_, index) => index);
  const indexOf = plain({ ...inputs, bias: { values: indices } }).bias;
  const bias = new Float64Array(biasSize);
  const weights = lossWeights(inputs.query!.shape);
  const gradients = attentionGradientsInFloat64(plain(inputs), weights, ({ b, h, q, k }, gradient) => {
    if (biasSize > 0) bias[indexOf(b, h, q, k)]! += gradient;
  });
  return { ...gradients, bias };
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
