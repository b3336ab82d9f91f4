import { flattenTree, squaredNorms } from "@trivium/tensor";
import type { Sharding } from "./sharding.ts";

/**
 * The sharding of a single process: it computes all shards, one after the other, and owns all parameters.
 *
 * @param shards - number of shards of a step's batch.
 * @example oneProcess(4).own // => [0, 1, 2, 3]
 */
export const oneProcess = (shards: number): Sharding => ({
  shards,
  own: Array.from({ length: shards }, (_, shard) => shard),
  owned: (parameters) => parameters.map(({ path, shape }) => ({ path, from: 0, to: shape[0] ?? 1 })),
  async reduce(sums) {
    const gradients = sums[0]!.sum;
    return { gradients, squares: squaredNorms(Object.values(flattenTree(gradients))) };
  },
  publish: async (owned) => owned,
  vote: async (record) => [record],
});
