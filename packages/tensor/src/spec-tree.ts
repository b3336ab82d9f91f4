import type { Tree } from "./tree.ts";

/** The shape of one parameter and its initial distribution. */
export interface ParameterSpec {
  readonly shape: readonly number[];
  /** Normal with this standard deviation, or a constant. */
  readonly initial: { readonly deviation: number } | { readonly constant: number };
}

/** Parameter specifications by name. A spec tree describes a model's parameters before any tensor exists. */
export type SpecTree = Tree<ParameterSpec>;

const isSpec = (value: unknown): value is ParameterSpec => Array.isArray((value as ParameterSpec).shape);

/**
 * Returns the specifications by their dotted path, in the order in which they were written.
 *
 * @example Object.keys(flattenSpecs({ head: { weight: { shape: [8, 4], initial: { constant: 0 } } } })) // => ["head.weight"]
 */
export function flattenSpecs(tree: SpecTree, path = ""): Record<string, ParameterSpec> {
  const flat: Record<string, ParameterSpec> = {};
  for (const [name, node] of Object.entries(tree)) {
    if (isSpec(node)) flat[path + name] = node;
    else Object.assign(flat, flattenSpecs(node as SpecTree, `${path}${name}.`));
  }
  return flat;
}

/**
 * Counts the numbers that the parameters will hold, without making any tensor.
 *
 * @example countSpecs({ head: { weight: { shape: [8, 4], initial: { constant: 0 } } } }) // => 32
 */
export function countSpecs(tree: SpecTree): number {
  return Object.values(flattenSpecs(tree)).reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
}
