import { flattenTree, type ParameterTree, type Tensor, tf } from "@trivium/tensor";
import type { Optimizer } from "./optimizer.ts";
import type { Sharding, Slice } from "./sharding.ts";
import { treeOf } from "./trees.ts";

/** Returns the rows of these parameters that the process owns. */
export function slicesOf(parameters: ParameterTree, optimizer: Optimizer, sharding: Sharding): readonly Slice[] {
  const leaves = Object.entries(flattenTree(parameters));
  const isElementwise = optimizer.isElementwise.bind(optimizer);
  return sharding.owned(
    leaves.map(([path, { shape }]) => ({ path, shape, isElementwise: isElementwise(path, shape) })),
  );
}

/**
 * Returns the owned rows of a tree. A tensor that is owned whole stays itself; rows are copies.
 *
 * @param parameters - the tree whose rows the slices count. Default: the tree itself. State of a parameter that is owned
 *   whole may have any shape.
 */
export function ownedPart(
  tree: ParameterTree,
  slices: readonly Slice[],
  parameters: ParameterTree = tree,
): ParameterTree {
  const leaves = flattenTree(tree);
  const whole = flattenTree(parameters);
  const rowsOf = ({ path, from, to }: Slice): Tensor =>
    to - from === (whole[path]!.shape[0] ?? 1) ? leaves[path]! : tf.slice(leaves[path]!, from, to - from);
  const own = new Map(slices.filter(({ path }) => leaves[path]).map((slice) => [slice.path, slice]));
  return treeOf([...own.keys()], (path) => rowsOf(own.get(path)!));
}

/** Disposes the tensors of a tree that do not stand in another one. */
export function disposeRest(tree: ParameterTree, kept: ParameterTree): void {
  const stays = new Set(Object.values(flattenTree(kept)));
  tf.dispose(Object.values(flattenTree(tree)).filter((leaf) => !stays.has(leaf)));
}
