import { float32Of, type NamedArray, type NamedArrays } from "@trivium/checkpoint";
import { CheckpointError } from "@trivium/core";
import { flattenTree, type ParameterTree, tf } from "@trivium/tensor";
import { treeOf } from "./trees.ts";

/** Reads the tensors of a tree, by dotted path. The arrays may share memory with the tensors, so they must not be kept. */
export async function readTree(tree: ParameterTree): Promise<NamedArrays> {
  const arrays: Record<string, NamedArray> = {};
  for (const [path, leaf] of Object.entries(flattenTree(tree))) {
    arrays[path] = { dtype: "F32", shape: leaf.shape, data: (await leaf.data()) as Float32Array };
  }
  return arrays;
}

/** Anything that has a shape: a tensor, a specification, an array. */
export interface Shaped {
  readonly shape: readonly number[];
}

/**
 * Returns a tree of tensors from arrays, in the order of `like`.
 *
 * @param like - the names and shapes that are wanted, by dotted path.
 * @param what - name of the tree in messages, such as `"model"`.
 * @throws {CheckpointError} `trainer/parameters`, naming what is missing, left over or of another shape.
 */
export function treeOfArrays(arrays: NamedArrays, like: Readonly<Record<string, Shaped>>, what: string): ParameterTree {
  const problems = problemsOf(arrays, like);
  if (problems.length > 0) {
    const more = problems.length > 5 ? `, and ${problems.length - 5} more` : "";
    const message = `the checkpoint's ${what} does not fit: ${problems.slice(0, 5).join("; ")}${more}`;
    throw new CheckpointError("trainer/parameters", message, { details: { problems } });
  }
  return treeOf(Object.keys(like), (path) => tf.tensor(valuesOf(arrays[path]!, path), [...like[path]!.shape]));
}

const valuesOf = (array: NamedArray, path: string): Float32Array | Int32Array =>
  array.dtype === "I32" ? array.data : float32Of(array, path);

/** Says what is missing, of another shape or left over: one line for each. */
export function problemsOf(
  given: Readonly<Record<string, Shaped>>,
  wanted: Readonly<Record<string, Shaped>>,
): string[] {
  const written = ({ shape }: Shaped) => `[${shape.join(", ")}]`;
  const misfits = Object.entries(wanted).flatMap(([path, spec]) => {
    const own = given[path];
    if (!own) return [`${path} is missing`];
    return written(own) === written(spec) ? [] : [`${path} should be ${written(spec)}, got ${written(own)}`];
  });
  const extra = Object.keys(given).filter((path) => !Object.hasOwn(wanted, path));
  return [...misfits, ...extra.map((path) => `${path} is not a parameter of this run`)];
}

/** Returns the first path whose array holds a NaN or an infinity. */
export const notFinite = (arrays: NamedArrays): string | undefined =>
  Object.entries(arrays).find(([, { data }]) => !areFinite(data as Float32Array))?.[0];

/** A loop, since `every` makes an object of each number. */
function areFinite(data: ArrayLike<number>): boolean {
  for (let at = 0; at < data.length; at++) if (!Number.isFinite(data[at])) return false;
  return true;
}
