import { flattenTree, type ParameterTree, type Tensor, tf, unflattenTree } from "@trivium/tensor";
import type { Optimizer } from "./optimizer.ts";
import type { Owned, Sharding, Slice } from "./sharding.ts";

/** Returns the rows of these parameters that the process owns. */
export function slicesOf(parameters: ParameterTree, optimizer: Optimizer, sharding: Sharding): readonly Slice[] {
  const owned = Object.entries(flattenTree(parameters)).map(
    ([path, { shape }]): Owned => ({ path, shape, isElementwise: optimizer.isElementwise(path, shape) }),
  );
  return sharding.owned(owned);
}

/** Returns the owned rows of a tree. A tensor that is owned whole stays itself; rows are copies. */
export function ownedPart(tree: ParameterTree, slices: readonly Slice[]): ParameterTree {
  const leaves = flattenTree(tree);
  const own = slices.filter(({ path }) => leaves[path]);
  return unflattenTree(Object.fromEntries(own.map((slice) => [slice.path, rowsOf(leaves[slice.path]!, slice)])));
}

const rowsOf = (leaf: Tensor, { from, to }: Slice): Tensor =>
  to - from === (leaf.shape[0] ?? 1) ? leaf : tf.slice(leaf, from, to - from);

/** Disposes the tensors of a tree that do not stand in another one. */
export function disposeRest(tree: ParameterTree, kept: ParameterTree): void {
  const stays = new Set(Object.values(flattenTree(kept)));
  tf.dispose(Object.values(flattenTree(tree)).filter((leaf) => !stays.has(leaf)));
}
