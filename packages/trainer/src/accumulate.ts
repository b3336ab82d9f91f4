import { disposeTree, flattenTree, mapTree, type ParameterTree, tf, valueAndGradients } from "@trivium/tensor";
import type { LossSum } from "./task.ts";
import { zerosLike } from "./trees.ts";

/** Sums over micro-batches. Divided by `tokens` they are means over targets. */
export interface Accumulated {
  /** Loss sum of each micro-batch. The caller disposes them. */
  readonly losses: readonly LossSum["sum"][];
  /** Loss sums of the tasks of each micro-batch. The caller disposes them. */
  readonly tasks: readonly TaskSum[];
  /** Sum of the gradients of the loss sums. The caller disposes it. */
  readonly gradients: ParameterTree;
  /** Number of targets of all micro-batches. */
  readonly tokens: number;
  /** Paths of the parameters that no micro-batch reaches. */
  readonly unreached: readonly string[];
}

/** The loss sum of a task over one micro-batch. */
export interface TaskSum extends Pick<LossSum, "sum" | "tokens"> {
  readonly task: string;
}

/** The micro-batches of one step, and the loss of one of them. */
export interface AccumulateOptions<B> {
  /** Parameters to differentiate by. */
  readonly parameters: ParameterTree;
  readonly batches: readonly B[];
  readonly loss: (batch: B, index: number) => LossSum;
  /** Awaited between micro-batches, while no tfjs scope is open. */
  readonly pause?: (() => Promise<void>) | undefined;
}

/**
 * Adds up losses and gradients over micro-batches. Sums and one count are not a mean of means, in which micro-batches
 * with few targets would weigh too much. Without micro-batches every gradient is zero.
 *
 * @example const { gradients, tokens } = await accumulate({ parameters, batches, loss: (batch) => task.loss(parameters, batch, options) });
 */
export async function accumulate<B>(options: AccumulateOptions<B>): Promise<Accumulated> {
  const { parameters, batches, loss, pause } = options;
  const losses: LossSum["sum"][] = [];
  const byTask: TaskSum[] = [];
  let gradients: ParameterTree | undefined;
  let tokens = 0;
  let unreached: readonly string[] = Object.keys(flattenTree(parameters));
  try {
    for (const [index, batch] of batches.entries()) {
      if (index > 0) await pause?.();
      const result = valueAndGradients(() => {
        const { sum, tokens: supervised, tasks = {} } = loss(batch, index);
        tokens += supervised;
        for (const [task, part] of Object.entries(tasks))
          byTask.push({ task, sum: tf.keep(part.sum), tokens: part.tokens });
        return sum;
      }, parameters);
      losses.push(result.value);
      gradients = gradients ? addTrees(gradients, result.gradients) : result.gradients;
      unreached = unreached.filter((path) => result.unreached.includes(path));
    }
    gradients ??= zerosLike(parameters);
    return { losses, tasks: byTask, gradients, tokens, unreached };
  } catch (error) {
    tf.dispose([...losses, ...byTask.map(({ sum }) => sum)]);
    if (gradients) disposeTree(gradients);
    throw error;
  }
}

/** Returns the sum of two trees of the same shape. Consumes both. */
export function addTrees(sum: ParameterTree, more: ParameterTree): ParameterTree {
  const others = flattenTree(more);
  return mapTree(sum, (leaf, path) => {
    const added = tf.add(leaf, others[path]!);
    tf.dispose([leaf, others[path]!]);
    return added;
  });
}
