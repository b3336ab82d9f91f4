import { packParameter } from "@trivium/model";
import {
  assertWeightFormat,
  flattenTree,
  type ParameterTree,
  type Tensor,
  unflattenTree,
  type WeightFormat,
} from "@trivium/tensor";
import type { OpenModelOptions } from "./open-model.ts";
import type { OpenedModel } from "./opened-model.ts";

/** Returns the type that weights are to be held in. */
export const formatOf = (weights: OpenModelOptions["weights"]): WeightFormat =>
  typeof weights === "string" ? weights : "f32";

/**
 * Returns a function that holds a parameter in a format, on the active backend.
 *
 * @throws {UnsupportedError} `tensor/weights` if the backend cannot.
 */
export function holderOf(format: WeightFormat): (path: string, parameter: Tensor) => Tensor | ParameterTree {
  assertWeightFormat(format);
  return (path, parameter) => packParameter(path, parameter, format);
}

/** Holds all parameters of a tree in a format. Consumes the tree. */
export function holdTree(tree: ParameterTree, format: WeightFormat): ParameterTree {
  const hold = holderOf(format);
  const held = Object.entries(flattenTree(tree)).map(([path, parameter]) => [path, hold(path, parameter)] as const);
  return unflattenTree<Tensor>(Object.fromEntries(held));
}

/**
 * Holds the weights of an opened model in another type; see the option of `openModel`. Consumes the model's parameters.
 *
 * @throws {UnsupportedError} `tensor/weights` if the backend cannot hold them so.
 * @example const adapted = holdWeights(await withAdapter(opened, files), "q8");
 */
export const holdWeights = (opened: OpenedModel, weights: OpenModelOptions["weights"]): OpenedModel => ({
  ...opened,
  parameters: holdTree(opened.parameters, formatOf(weights)),
});
