import type { Batch } from "@trivium/features";
import type { Prepared } from "../prepare.ts";

/** The micro-batches of a step that is a single shard. */
export async function batchesAt({ batches }: Pick<Prepared, "batches">, step: number): Promise<readonly Batch[]> {
  const { batches: shards } = await batches.step({ step, cursor: null, shards: [0], of: 1 });
  return shards[0] ?? [];
}
