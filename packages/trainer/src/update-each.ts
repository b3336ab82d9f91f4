import { flattenTree, type ParameterTree, type Tensor, tf } from "@trivium/tensor";
import type { OptimizerState, Trained } from "./optimizer.ts";
import { treeOf } from "./trees.ts";

/** A parameter with its gradient and with its leaves in the trees of the state, by the names of the trees. */
export interface ParameterState {
  readonly path: string;
  readonly parameter: Tensor;
  readonly gradient: Tensor;
  readonly state: Readonly<Record<string, Tensor>>;
}

/** New tensors for a parameter and for its state. */
export type UpdatedParameter = Pick<ParameterState, "parameter" | "state">;

/**
 * Updates parameters one after another, so that the intermediates of one alone are there at any time. Consumes its trees.
 *
 * @param rule - runs inside `tf.tidy`, and returns tensors that are none of its inputs.
 */
export function updateEach(
  { parameters, state }: Trained,
  gradients: ParameterTree,
  rule: (one: ParameterState) => UpdatedParameter,
): Trained {
  const trees = Object.entries(state).map(([name, tree]) => [name, flattenTree(tree)] as const);
  const slopes = flattenTree(gradients);
  const updated = new Map<string, UpdatedParameter>();
  for (const [path, parameter] of Object.entries(flattenTree(parameters))) {
    const own = trees.flatMap(([name, leaves]) => (leaves[path] ? [[name, leaves[path]] as const] : []));
    const one = { path, parameter, gradient: slopes[path]!, state: Object.fromEntries(own) };
    const next = tf.tidy(() => {
      const { parameter, state } = rule(one);
      return { parameter, ...state };
    });
    const { parameter: moved, ...kept } = next;
    updated.set(path, { parameter: moved, state: kept });
    tf.dispose([parameter, one.gradient, ...Object.values(one.state)]);
  }
  const pathsWith = (name: string) => [...updated.keys()].filter((path) => updated.get(path)?.state[name]);
  const tree = (name: string) => treeOf(pathsWith(name), (path) => updated.get(path)!.state[name]!);
  const next: OptimizerState = Object.fromEntries(trees.map(([name]) => [name, tree(name)]));
  return { parameters: treeOf([...updated.keys()], (path) => updated.get(path)!.parameter), state: next };
}

/**
 * Returns the numbers that a state holds and an update needs for a moment, where the update goes by `updateEach`.
 *
 * @param stateOf - number of float32 in the state of a parameter.
 * @param copies - intermediates of the size of one parameter.
 */
export function floatsOfEach(
  shapes: Readonly<Record<string, readonly number[]>>,
  stateOf: (shape: readonly number[]) => number,
  copies: number,
): { readonly state: number; readonly update: number } {
  const all = Object.values(shapes);
  const largest = Math.max(0, ...all.map(sizeOf));
  return { state: all.reduce((sum, shape) => sum + stateOf(shape), 0), update: copies * largest };
}

/** Number of elements of a shape. */
export const sizeOf = (shape: readonly number[]): number => shape.reduce((size, side) => size * side, 1);
