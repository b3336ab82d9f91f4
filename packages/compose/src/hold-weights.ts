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
