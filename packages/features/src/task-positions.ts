import type { Batch } from "./batch.ts";
import { documentIds } from "./documents.ts";

/**
 * Returns the task of each position of the predicting stream.
 *
 * @returns `[B · L]`; undefined on padding, and where the example has no task. Nothing if the batch has no tasks.
 * @example taskPositions(toBatch([{ ...objective.features(example, context), task: "copy" }])) // => ["copy", "copy", "copy", "copy"]
 */
export function taskPositions({
  streams,
  tasks,
}: Pick<Batch, "streams" | "tasks">): (string | undefined)[] | undefined {
  const predicting = Object.values(streams).at(-1);
  if (!tasks || !predicting) return undefined;
  return documentIds(predicting)
    .flat()
    .map((document) => tasks[document]);
}
