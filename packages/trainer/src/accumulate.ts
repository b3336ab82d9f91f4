import { DataError } from "@trivium/core";
import type { Batch, Loss } from "@trivium/features";
import {
  disposeTree,
  flattenTree,
  mapTree,
  type ParameterTree,
  type Scalar,
  tf,
  valueAndGradients,
} from "@trivium/tensor";

/** Sums over micro-batches: divide both by `tokens` for the mean over supervised tokens. */
export interface Accumulated {
  /** One loss sum per micro-batch, nats; the caller disposes them. */
  readonly losses: readonly Scalar[];
  /** The sum of the gradients of the loss sums; the caller disposes it. */
  readonly gradients: ParameterTree;
  /** Target tokens over all micro-batches: the one denominator, at least 1. */
  readonly tokens: number;
  /** Paths of the parameters that no micro-batch reached. */
  readonly unreached: readonly string[];
}

/** The micro-batches of one step, and how the loss of one is computed. */
export interface AccumulateOptions {
  readonly parameters: ParameterTree;
  readonly batches: readonly Batch[];
  /** The loss sum of one micro-batch. */
  readonly loss: (batch: Batch, index: number) => Loss;
  /** Awaited between micro-batches, while no tfjs scope is open. */
  readonly pause?: () => Promise<void>;
}

/**
 * Loss and gradient sums over micro-batches. Sums and one count, not a mean of means: micro-batches with few target
 * tokens would weigh too much. The count is at least 1, so a step without targets has the loss 0 and not 0 ÷ 0.
 *
 * @throws {DataError} `trainer/no-batches` if there is none.
 */
export async function accumulate({ parameters, batches, loss, pause }: AccumulateOptions): Promise<Accumulated> {
  const losses: Scalar[] = [];
  let gradients: ParameterTree | undefined;
  let tokens = 0;
  let unreached: readonly string[] = Object.keys(flattenTree(parameters));
  try {
    for (const [index, batch] of batches.entries()) {
      if (index > 0) await pause?.();
      const result = valueAndGradients(() => {
        const { sum, tokens: supervised } = loss(batch, index);
        tokens += supervised;
        return sum;
      }, parameters);
      losses.push(result.value);
      gradients = gradients ? addInto(gradients, result.gradients) : result.gradients;
      unreached = unreached.filter((path) => result.unreached.includes(path));
    }
    if (!gradients) throw new DataError("trainer/no-batches", "a step needs at least one batch, got none");
    return { losses, gradients, tokens: Math.max(1, tokens), unreached };
  } catch (error) {
    tf.dispose(losses);
    if (gradients) disposeTree(gradients);
    throw error;
  }
}

/** The sum of two trees of the same shape; consumes both. */
function addInto(sum: ParameterTree, more: ParameterTree): ParameterTree {
  const others = flattenTree(more);
  const total = mapTree(sum, (leaf, path) => {
    const added = tf.add(leaf, others[path]!);
    tf.dispose([leaf, others[path]!]);
    return added;
  });
  return total;
}
