import { joinPortions, portionSquares, portionsOf } from "./portions.ts";
import type { Sharding } from "./sharding.ts";

/**
 * The sharding of a single process: it computes all shards, one after the other, and owns all parameters.
 *
 * @param shards - number of shards of a step's batch.
 * @example oneProcess(4).own // => [0, 1, 2, 3]
 */
export function oneProcess(shards: number): Sharding {
  let portions: ReturnType<typeof portionsOf> = [];
  let owned: ReturnType<typeof joinPortions> = [];
  return {
    shards,
    own: Array.from({ length: shards }, (_, shard) => shard),
    owned(parameters) {
      portions = portionsOf(parameters, shards);
      owned = joinPortions(parameters, portions);
      return owned;
    },
    async reduce(sums) {
      const gradients = sums[0]!.sum;
      return { gradients, squares: portionSquares(gradients, owned, portions) };
    },
    publish: async (rows) => rows,
    vote: async (record) => [record],
  };
}
