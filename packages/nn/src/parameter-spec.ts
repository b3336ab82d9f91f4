import type { Random } from "@trivium/core";
import { type ParameterTree, type Tensor, type Tree, tf, unflattenTree } from "@trivium/tensor";

/** The shape of one parameter and how it starts. */
export interface ParameterSpec {
  readonly shape: readonly number[];
  /** Normal with this standard deviation, or a constant. */
  readonly initial: { readonly deviation: number } | { readonly constant: number };
}

/** Specifications by name: what a model's parameters will be, before any tensor exists. */
export type SpecTree = Tree<ParameterSpec>;

const isSpec = (value: unknown): value is ParameterSpec => Array.isArray((value as ParameterSpec).shape);

/** The specifications by their dotted path, in the order in which they were written. */
export function flattenSpecs(tree: SpecTree, path = ""): Record<string, ParameterSpec> {
  const flat: Record<string, ParameterSpec> = {};
  for (const [name, node] of Object.entries(tree)) {
    if (isSpec(node)) flat[path + name] = node;
    else Object.assign(flat, flattenSpecs(node as SpecTree, `${path}${name}.`));
  }
  return flat;
}

/** How many numbers the parameters hold: exact, and without making any. */
export function countSpecs(tree: SpecTree): number {
  return Object.values(flattenSpecs(tree)).reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
}

/** Fresh tensors. Each parameter draws from a stream named by its path, so adding one changes no other. */
export function createTree(tree: SpecTree, random: Random): ParameterTree {
  const tensors: Record<string, Tensor> = {};
  for (const [path, spec] of Object.entries(flattenSpecs(tree))) tensors[path] = createTensor(spec, random.split(path));
  return unflattenTree(tensors);
}

function createTensor({ shape, initial }: ParameterSpec, random: Random): Tensor {
  const values = new Float32Array(shape.reduce((a, b) => a * b, 1));
  if ("constant" in initial) values.fill(initial.constant);
  else for (let index = 0; index < values.length; index++) values[index] = random.normal() * initial.deviation;
  return tf.tensor(values, [...shape]);
}
