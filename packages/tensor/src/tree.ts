import { ConfigError } from "@trivium/core";
import { activeTraits } from "./backend-traits.ts";
import { type Tensor, tf } from "./tf.ts";

/** A plain named tree: parameters, gradients, or what an optimiser keeps for each parameter. */
export interface Tree<Leaf> {
  readonly [name: string]: Leaf | Tree<Leaf>;
}

/** Named tensors: `{ blocks: { 0: { attention: { query: { weight } } } } }`. */
export type ParameterTree = Tree<Tensor>;

const isTensor = (value: unknown): value is Tensor => value instanceof tf.Tensor;

/**
 * The leaves by their dotted path, in the order in which they were written.
 *
 * @example Object.keys(flattenTree({ a: { b: tensor } })) // => ["a.b"]
 */
export function flattenTree<Leaf>(
  tree: Tree<Leaf>,
  isLeaf: (value: unknown) => boolean = isTensor,
): Record<string, Leaf> {
  const flat: Record<string, Leaf> = {};
  const visit = (node: Tree<Leaf>, path: string): void => {
    for (const [name, value] of Object.entries(node)) {
      if (name.includes("."))
        throw new ConfigError("tree/name", `a parameter's name has no dot, got "${name}" in "${path}"`);
      if (isLeaf(value)) flat[path + name] = value as Leaf;
      else visit(value as Tree<Leaf>, `${path}${name}.`);
    }
  };
  visit(tree, "");
  return flat;
}

/** The tree whose flat form this is; a path may also hold a whole branch. */
export function unflattenTree<Leaf>(flat: Readonly<Record<string, Leaf | Tree<Leaf>>>): Tree<Leaf> {
  const root: Record<string, unknown> = {};
  for (const [path, leaf] of Object.entries(flat)) {
    const names = path.split(".");
    const last = names.pop() as string;
    let node = root;
    for (const name of names) {
      node[name] ??= {};
      node = node[name] as Record<string, unknown>;
    }
    node[last] = leaf;
  }
  return root as Tree<Leaf>;
}

/** The tree of the same shape whose leaves are `change(leaf, path)`. */
export function mapTree<To>(tree: ParameterTree, change: (leaf: Tensor, path: string) => To): Tree<To> {
  const flat = flattenTree(tree);
  return unflattenTree(Object.fromEntries(Object.entries(flat).map(([path, leaf]) => [path, change(leaf, path)])));
}

/** A copy with data of its own: `clone` would share it, and an optimiser may write in place. */
export function copyTree(tree: ParameterTree): ParameterTree {
  const isStalling = activeTraits().reads === "stalling";
  return mapTree(tree, (leaf) =>
    // A product with 1 keeps every bit, and −0.
    isStalling && leaf.dtype === "float32"
      ? tf.tidy(() => tf.mul(leaf, 1))
      : tf.tensor(leaf.dataSync().slice(), leaf.shape, leaf.dtype),
  );
}

/** Disposes every tensor of the tree. */
export function disposeTree(tree: ParameterTree): void {
  tf.dispose(Object.values(flattenTree(tree)));
}

/** How many numbers the tree holds. */
export function countParameters(tree: ParameterTree): number {
  return Object.values(flattenTree(tree)).reduce((sum, leaf) => sum + leaf.size, 0);
}
