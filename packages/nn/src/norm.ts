import {
  addNorm,
  layerNorm,
  type ParameterTree,
  rmsNorm,
  type SpecTree,
  type Tensor,
  type Tensor1D,
} from "@trivium/tensor";

export type NormKind = "layer" | "rms";

/** `gain [M]` starting at 1, and for layer normalisation `bias [M]` starting at 0. */
export function normSpec(kind: NormKind, width: number): SpecTree {
  const gain = { shape: [width], initial: { constant: 1 } };
  return kind === "rms" ? { gain } : { gain, bias: { shape: [width], initial: { constant: 0 } } };
}

/** Normalises the last axis; which of the two is told by whether there is a bias. */
export function norm(parameters: ParameterTree, x: Tensor, epsilon: number): Tensor {
  const { gain, bias } = parameters as { gain: Tensor1D; bias?: Tensor1D };
  return bias ? layerNorm(x, gain, bias, epsilon) : rmsNorm(x, gain, epsilon);
}

/** `x + branch` and its norm, in one pass. */
export function normOfSum(
  parameters: ParameterTree,
  x: Tensor,
  branch: Tensor,
  epsilon: number,
): { readonly sum: Tensor; readonly normalised: Tensor } {
  const { gain, bias } = parameters as { gain: Tensor1D; bias?: Tensor1D };
  return addNorm(x, branch, { gain, bias, epsilon });
}
