import { flattenTree, mapTree, type ParameterTree, type Tensor, tf, unflattenTree } from "@trivium/tensor";

/** Returns the tree with a leaf at each of these paths, in their order. */
export const treeOf = (paths: readonly string[], leafAt: (path: string) => Tensor): ParameterTree =>
  unflattenTree(Object.fromEntries(paths.map((path) => [path, leafAt(path)])));

/** Returns two trees: the leaves that a condition holds for, and the others. */
export function partition(
  tree: ParameterTree,
  holds: (path: string, leaf: Tensor) => boolean,
): [ParameterTree, ParameterTree] {
  const leaves = flattenTree(tree);
  const part = (wanted: boolean) =>
    treeOf(
      Object.keys(leaves).filter((path) => holds(path, leaves[path]!) === wanted),
      (path) => leaves[path]!,
    );
  return [part(true), part(false)];
}

export const zerosLike = (tree: ParameterTree): ParameterTree => mapTree(tree, (leaf) => tf.zeros(leaf.shape));

/** Returns a tree with the leaves that a function gives, at those paths for which it gives one. */
export function mapLeaves(tree: ParameterTree, leafOf: (leaf: Tensor) => Tensor | undefined): ParameterTree {
  const leaves = Object.entries(flattenTree(tree)).flatMap(([path, leaf]) => {
    const made = leafOf(leaf);
    return made ? [[path, made] as const] : [];
  });
  return unflattenTree<Tensor>(Object.fromEntries(leaves));
}
