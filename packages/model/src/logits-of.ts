import { type FactoredLogits, multiplyOut, type ParameterTree, type Tensor3D, tf } from "@trivium/tensor";
import type { ForwardOptions, Model } from "./model.ts";

/**
 * Runs a model and returns its logits as two factors, which is the form that a loss takes.
 *
 * @returns states `[R, M]` and the head.
 * @throws {ShapeError} what `model.states` throws.
 */
export const factorsOf = <Input>(
  model: Pick<Model<Input>, "states" | "readOut">,
  parameters: ParameterTree,
  input: Input,
  options?: ForwardOptions,
): FactoredLogits => ({ states: model.states(parameters, input, options), head: model.readOut(parameters) });

/**
 * Runs a model and returns the logits of its predicting stream at every position.
 *
 * @returns `[B, L, V]`.
 * @throws {ShapeError} what `model.states` throws.
 * @example logitsOf(model, parameters, input).shape // => [1, 3, 16]
 */
export function logitsOf<Input extends { readonly size: number }>(
  model: Pick<Model<Input>, "states" | "readOut" | "vocabulary">,
  parameters: ParameterTree,
  input: Input,
  options?: ForwardOptions,
): Tensor3D {
  return tf.tidy(() => {
    const logits = multiplyOut(factorsOf(model, parameters, input, options));
    return tf.reshape(logits, [input.size, -1, model.vocabulary]) as Tensor3D;
  });
}
