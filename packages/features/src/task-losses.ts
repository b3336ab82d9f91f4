import { type Tensor1D, tf } from "@trivium/tensor";
import type { Batch } from "./batch.ts";
import type { TaskLoss } from "./loss.ts";
import { taskPositions } from "./task-positions.ts";

/**
 * Sums the losses of positions by task.
 *
 * @param losses - `[B · L]`, weighted.
 * @returns the part of each task; positions without a task are in none. Nothing if the batch has no tasks.
 * @example taskLosses(tf.ones([4]), toBatch([{ ...objective.features(example, context), task: "copy" }])).copy.tokens // => 2
 */
export function taskLosses(losses: Tensor1D, batch: Batch): Readonly<Record<string, TaskLoss>> | undefined {
  const positions = taskPositions(batch);
  if (!positions) return undefined;
  const names = [...new Set(batch.tasks)].filter((name) => name !== undefined).sort();
  return Object.fromEntries(
    names.map((name) => {
      const own = positions.map((task, at) => task === name && batch.lossWeights[at] !== 0);
      const sum = tf.tidy(() =>
        tf.sum(tf.where(tf.tensor1d(own, "bool"), losses, tf.zerosLike(losses))),
      ) as TaskLoss["sum"];
      return [name, { sum, tokens: own.filter(Boolean).length }];
    }),
  );
}
