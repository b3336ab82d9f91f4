import {
  type LinearMap,
  type LinearOptions,
  linear,
  linears,
  type ParameterTree,
  type SpecTree,
  type Tensor,
} from "@trivium/tensor";

export interface AffineOptions {
  readonly input: number;
  readonly output: number;
  readonly bias: boolean;
  /** Standard deviation of the initial weights. */
  readonly deviation: number;
}

/** `weight [input, output]`, and `bias [output]` starting at 0. */
export function affineSpec({ input, output, bias, deviation }: AffineOptions): SpecTree {
  const weight = { shape: [input, output], initial: { deviation } };
  return bias ? { weight, bias: { shape: [output], initial: { constant: 0 } } } : { weight };
}

/** `x · weight + bias` over the last axis, and an activation of it if one is given. */
export function affine(parameters: ParameterTree, x: Tensor, options?: LinearOptions): Tensor {
  const { weight, bias } = parameters as unknown as LinearMap;
  return linear(x, weight, bias, options);
}

/** Several of them of the same input. */
export const affines = (parameters: readonly ParameterTree[], x: Tensor): Tensor[] =>
  linears(x, parameters as unknown as readonly LinearMap[]);
