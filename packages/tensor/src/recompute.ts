import { gradientsOnOwnTape } from "./gradients-on-own-tape.ts";
import { type Tensor, tf } from "./tf.ts";
import { flattenTree, type ParameterTree, unflattenTree } from "./tree.ts";

/** What a recomputed function reads. */
export interface RecomputeOptions<Inputs extends ParameterTree, Constants extends ParameterTree> {
  /** All that gradients flow to, parameters too: what the function reads besides has none. */
  readonly inputs: Inputs;
  /** Tensors that it reads and that need no gradient; those of an outer scope may be gone when it runs again. */
  readonly constants?: Constants;
}

/**
 * The value of a function whose intermediates are not kept for its gradient: the backward pass computes them again.
 *
 * Known as activation checkpointing: memory for time. Gradients are those without it to the bit if the function does the
 * same each time (dropout by a seed does), and if what it uses more than once is used by it alone: a sum of gradients from
 * inside and outside would be added up in another order.
 *
 * @param run - called once forward and once backward, with the tensors of `options`; returns a tensor.
 * @source Chen et al. 2016, Training deep nets with sublinear memory cost, https://arxiv.org/abs/1604.06174
 * @example recompute(({ x, w }) => tf.tanh(tf.matMul(x, w)), { inputs: { x, w } })
 */
export function recompute<
  Inputs extends ParameterTree,
  Constants extends ParameterTree = Readonly<Record<string, never>>,
>(run: (inputs: Inputs, constants: Constants) => Tensor, options: RecomputeOptions<Inputs, Constants>): Tensor {
  const [inputs, constants] = [flattenTree(options.inputs), flattenTree(options.constants ?? {})];
  const [names, constantNames] = [Object.keys(inputs), Object.keys(constants)];
  const runOn = (leaves: readonly Tensor[], constantLeaves: readonly Tensor[]) =>
    run(treeOf(names, leaves) as Inputs, treeOf(constantNames, constantLeaves) as Constants);
  const op = tf.customGrad((...given) => {
    const leaves = given.slice(0, names.length) as Tensor[];
    const save = given.at(-1) as tf.GradSaveFunc;
    const value = runOn(leaves, Object.values(constants));
    save([...leaves, ...Object.values(constants)]);
    return {
      // An output that is an input itself would be its own gradient's source.
      value: leaves.includes(value) ? tf.clone(value) : value,
      gradFunc: (dy, saved) =>
        gradientsAt(saved.slice(0, names.length), dy, (again) => runOn(again, saved.slice(names.length))),
    };
  });
  return op(...Object.values(inputs));
}

const treeOf = (names: readonly string[], leaves: readonly Tensor[]): ParameterTree =>
  unflattenTree(Object.fromEntries(names.map((name, index) => [name, leaves[index]!])));

/** The gradients of `⟨run(leaves), dy⟩`; zeros for leaves that the value does not depend on. */
function gradientsAt(saved: Tensor[], dy: Tensor, run: (leaves: readonly Tensor[]) => Tensor): Tensor[] {
  // A tensor that was given twice has two gradients.
  const leaves = saved.map((leaf) => tf.clone(leaf));
  // The gradient around this one has `dy` for itself.
  const { value, gradients } = gradientsOnOwnTape(() => run(leaves), leaves, tf.clone(dy));
  if (!leaves.includes(value)) value.dispose();
  return leaves.map((leaf, index) => gradients[index] ?? tf.zerosLike(leaf));
}
