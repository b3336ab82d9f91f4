import type { Random } from "@trivium/core";
import {
  flattenSpecs,
  type ParameterSpec,
  type ParameterTree,
  type SpecTree,
  type Tensor,
  tf,
  unflattenTree,
} from "@trivium/tensor";

/**
 * Draws fresh parameters. Each parameter draws from a random stream named by its path, so adding one changes no other.
 *
 * @returns a tree of tensors with the paths of the specifications; the caller disposes of it.
 */
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
