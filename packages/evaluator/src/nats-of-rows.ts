import type { Batch } from "@trivium/features";
import type { LanguageTask } from "@trivium/model";
import { type ParameterTree, type Tensor, tf } from "@trivium/tensor";

/**
 * Returns the loss of each row of a batch, summed over its supervised positions. A loss that is no sum over positions is
 * computed for each row alone.
 *
 * @returns `[B]`, nats.
 */
export async function natsOfRows(
  task: Pick<LanguageTask, "loss">,
  parameters: ParameterTree,
  batch: Batch,
): Promise<Float64Array> {
  const losses = await readIfAny(tf.tidy(() => task.loss(parameters, batch).losses));
  const length = batch.targets.length / batch.size;
  if (losses) return Float64Array.from({ length: batch.size }, (_, row) => sumOf(losses, row * length, length));
  const nats = new Float64Array(batch.size);
  for (let row = 0; row < batch.size; row++) {
    const sum = await readIfAny(tf.tidy(() => task.loss(parameters, onlyRow(batch, row)).sum));
    nats[row] = sum?.[0] as number;
  }
  return nats;
}

/** Reads a tensor, if it is there, and disposes it. A read waits without stopping the process, which some devices need. */
async function readIfAny(tensor: Tensor | undefined): Promise<ArrayLike<number> | undefined> {
  const values = await tensor?.data();
  tensor?.dispose();
  return values;
}

/** Counts the positions of each row that carry loss. */
export function supervisedByRow({ lossWeights, size }: Batch): number[] {
  const length = lossWeights.length / size;
  return Array.from(
    { length: size },
    (_, row) => lossWeights.subarray(row * length, (row + 1) * length).filter((weight) => weight !== 0).length,
  );
}

/** The batch with the loss weights of one row alone: what rows see of one another stays as it is. */
function onlyRow(batch: Batch, row: number): Batch {
  const length = batch.lossWeights.length / batch.size;
  const lossWeights = batch.lossWeights.map((weight, at) => (Math.floor(at / length) === row ? weight : 0));
  return { ...batch, lossWeights, supervisedTokens: lossWeights.filter((weight) => weight !== 0).length };
}

function sumOf(values: ArrayLike<number>, from: number, count: number): number {
  let sum = 0;
  for (let at = from; at < from + count; at++) sum += values[at] as number;
  return sum;
}
