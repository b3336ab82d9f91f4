import { disposeTree, flattenTree, type ParameterTree, tf } from "@trivium/tensor";
import { type Accumulated, type AccumulateOptions, accumulate, addTrees } from "./accumulate.ts";
import { joinShards, type ShardSum } from "./shard-tree.ts";
import type { LossSum } from "./task.ts";

/** The loss sums of one shard, before they are read. */
export interface ShardLosses extends Pick<Accumulated, "losses" | "tasks" | "tokens"> {
  readonly shard: number;
}

/** Gradients and losses of the shards of a process. */
export interface AccumulatedShards {
  /** Joined as far as the shards of this process are neighbours in the tree. The caller disposes them. */
  readonly gradients: readonly ShardSum<ParameterTree>[];
  /** The caller disposes them. */
  readonly losses: readonly ShardLosses[];
  /** Paths of the parameters that no micro-batch of this process reaches. */
  readonly unreached: readonly string[];
}

interface AccumulateShardsOptions<B> extends Pick<AccumulateOptions<B>, "parameters" | "pause"> {
  /** Shards of this process, in ascending order. */
  readonly own: readonly number[];
  /** Number of shards of all processes. */
  readonly of: number;
  /** Micro-batches of each own shard. */
  readonly batches: readonly (readonly B[])[];
  readonly loss: (batch: B, index: number, shard: number) => LossSum;
}

/** Accumulates each shard, and joins the gradients as soon as two of them are neighbours. */
export async function accumulateShards<B>(options: AccumulateShardsOptions<B>): Promise<AccumulatedShards> {
  const { parameters, own, of, batches, loss, pause } = options;
  let gradients: readonly ShardSum<ParameterTree>[] = [];
  const losses: ShardLosses[] = [];
  let unreached: readonly string[] = Object.keys(flattenTree(parameters));
  try {
    for (const [at, shard] of own.entries()) {
      if (at > 0) await pause?.();
      const ofShard = (batch: B, index: number) => loss(batch, index, shard);
      const sums = await accumulate({ parameters, batches: batches[at] ?? [], loss: ofShard, pause });
      losses.push({ shard, losses: sums.losses, tasks: sums.tasks, tokens: sums.tokens });
      gradients = joinShards(gradients, { first: shard, count: 1, sum: sums.gradients }, { of, add: addTrees });
      unreached = unreached.filter((path) => sums.unreached.includes(path));
    }
    return { gradients, losses, unreached };
  } catch (error) {
    disposeShards({ gradients, losses, unreached });
    throw error;
  }
}

/** Disposes gradients and losses. */
export function disposeShards({ gradients, losses }: AccumulatedShards): void {
  for (const { sum } of gradients) disposeTree(sum);
  tf.dispose(losses.flatMap((shard) => [...shard.losses, ...shard.tasks.map(({ sum }) => sum)]));
}
