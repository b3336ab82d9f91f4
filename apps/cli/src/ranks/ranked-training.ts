import type { Recipe } from "@trivium/compose";
import { type Collective, firstStore, fromFirst, type ShardedOptions, sharded } from "@trivium/distributed";
import type { EvaluateOptions, TrainOptions } from "@trivium/trainer";

/** Number of shards where several ranks train and none is asked for: 2, 4 and 8 ranks have the same bits. */
const SHARDS = 8;

/**
 * Returns the recipe with shards for all ranks.
 *
 * @param fast - one shard for each rank, since another number of ranks has other bits anyway.
 */
export const shardedRecipe = <Given extends Pick<Recipe, "shards">>(
  recipe: Given,
  size: number,
  fast: boolean,
): Given => (size > 1 && recipe.shards === 1 ? { ...recipe, shards: fast ? size : SHARDS } : recipe);

/** Returns the options of a training that all ranks share: rank 0 keeps the checkpoints, and all evaluate. A rank alone trains as ever. */
export function rankedOptions<B>(
  options: TrainOptions<B>,
  collective: Collective,
  { compareEvery, fast }: ShardedOptions,
): TrainOptions<B> {
  if (collective.size === 1) return options;
  const { checkpoint, evaluate } = options;
  return {
    ...options,
    sharding: sharded(collective, { compareEvery, fast }),
    checkpoint: checkpoint && { ...checkpoint, store: firstStore(collective, checkpoint.store) },
    evaluate: evaluate && recordedFirst(evaluate, collective),
    // A rank that gives a step up by itself would leave the others waiting.
    abandon: undefined,
  };
}

function recordedFirst({ recorded, ...evaluate }: EvaluateOptions, collective: Collective): EvaluateOptions {
  return {
    ...evaluate,
    recorded:
      recorded &&
      (async (step) => (await fromFirst(collective, async () => (await recorded(step)) ?? null)) ?? undefined),
  };
}
