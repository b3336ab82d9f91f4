import {
  type AddNormOptions,
  addNorm,
  layerNorm,
  type ParameterTree,
  rmsNorm,
  type SpecTree,
  type Tensor,
  tf,
} from "@trivium/tensor";

/** Layer normalisation, or root mean square. */
export type NormKind = "layer" | "rms";

/** Options of a norm. */
export interface NormOptions {
  readonly kind: NormKind;
  /** Added to the variance or the mean square. */
  readonly epsilon: number;
  /** Whether the gain is 1 plus its parameter, which then starts at 0 (Gemma). Default false. */
  readonly unitOffset?: boolean | undefined;
}

/** `gain [M]`, and for layer normalisation `bias [M]` starting at 0. */
export function normSpec(
  { kind, unitOffset = false }: Pick<NormOptions, "kind" | "unitOffset">,
  width: number,
): SpecTree {
  const gain = { shape: [width], initial: { constant: unitOffset ? 0 : 1 } };
  return kind === "rms" ? { gain } : { gain, bias: { shape: [width], initial: { constant: 0 } } };
}

function parametersOf(parameters: ParameterTree, { unitOffset = false, epsilon }: NormOptions): AddNormOptions {
  const { gain, bias } = parameters as unknown as Pick<AddNormOptions, "gain" | "bias">;
  return { gain: unitOffset ? tf.add(gain, 1) : gain, bias, epsilon };
}

/** Normalises the last axis. */
export function norm(parameters: ParameterTree, x: Tensor, options: NormOptions): Tensor {
  const { gain, bias, epsilon } = parametersOf(parameters, options);
  return bias ? layerNorm(x, gain, bias, epsilon) : rmsNorm(x, gain, epsilon);
}

/** Returns `x + branch` and its norm, computed in one pass. */
export function normOfSum(
  parameters: ParameterTree,
  [x, branch]: readonly [x: Tensor, branch: Tensor],
  options: NormOptions,
): { readonly sum: Tensor; readonly normalised: Tensor } {
  return addNorm(x, branch, parametersOf(parameters, options));
}
