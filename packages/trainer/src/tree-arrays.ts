import type { NamedArray, NamedArrays } from "@trivium/checkpoint/safetensors";
import { CheckpointError } from "@trivium/core";
import { flattenTree, type ParameterTree, type Tensor, tf, unflattenTree } from "@trivium/tensor";

/** The tensors of a tree on the host, by dotted path. They may share memory with the tensors: lend, do not keep. */
export async function readTree(tree: ParameterTree): Promise<NamedArrays> {
  const arrays: Record<string, NamedArray> = {};
  for (const [path, leaf] of Object.entries(flattenTree(tree))) {
    arrays[path] = { dtype: "F32", shape: leaf.shape, data: (await leaf.data()) as Float32Array };
  }
  return arrays;
}

/**
 * A tree of tensors from arrays, in the order of `like`.
 *
 * @param like - a tree of the names and shapes that are wanted.
 * @param what - what messages call it: `"model"`.
 * @throws {CheckpointError} `trainer/parameters` naming what is missing, left over or of another shape.
 */
export function treeOfArrays(arrays: NamedArrays, like: ParameterTree, what: string): ParameterTree {
  const wanted = flattenTree(like);
  const problems = Object.entries(wanted).flatMap(([path, leaf]) => problemOf(arrays[path], leaf, path));
  const extra = Object.keys(arrays).filter((path) => !Object.hasOwn(wanted, path));
  problems.push(...extra.map((path) => `${path} is not a parameter of this run`));
  if (problems.length > 0) {
    const more = problems.length > 5 ? `, and ${problems.length - 5} more` : "";
    throw new CheckpointError(
      "trainer/parameters",
      `the checkpoint's ${what} does not fit: ${problems.slice(0, 5).join("; ")}${more}`,
      {
        details: { problems },
      },
    );
  }
  const loaded = Object.keys(wanted).map((path) => [path, tf.tensor(arrays[path]!.data, wanted[path]!.shape)] as const);
  return unflattenTree<Tensor>(Object.fromEntries(loaded));
}

function problemOf(array: NamedArray | undefined, { shape }: Tensor, path: string): string[] {
  if (!array) return [`${path} is missing`];
  if (array.shape.join() === shape.join()) return [];
  return [`${path} should be [${shape.join(", ")}], got [${array.shape.join(", ")}]`];
}

/** The first path whose array holds a NaN or an infinity. */
export const notFinite = (arrays: NamedArrays): string | undefined =>
  Object.entries(arrays).find(([, { data }]) => !(data as Float32Array).every(Number.isFinite))?.[0];
