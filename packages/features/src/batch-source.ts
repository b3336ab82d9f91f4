import type { Json } from "@trivium/core";

/** The batches that a process needs for one step. */
export interface StepRequest {
  /** Counted from 0. */
  readonly step: number;
  /** The cursor that the step before returned. Null at step 0. */
  readonly cursor: Json;
  /** Shards to return, in ascending order, counted from 0. */
  readonly shards: readonly number[];
  /** Number of shards that the step's whole batch is cut into. */
  readonly of: number;
}

/** The batches of one step. */
export interface StepBatches<B> {
  /** Micro-batches of each shard that was asked for; a shard may be empty. Their gradients are added up. */
  readonly batches: readonly (readonly B[])[];
  /** Place where the next step continues. It must not depend on the shards that were asked for. */
  readonly cursor: Json;
}

/**
 * The batches of a training run, step by step, cut into shards.
 *
 * A step is a pure function of its request. Data in memory follow from the step alone, and their cursor is null. A stream
 * returns the place where it stands, which the checkpoint keeps, so that reading ahead cannot change what a resumed run
 * sees.
 */
export interface BatchSource<B> {
  step(request: StepRequest): StepBatches<B> | Promise<StepBatches<B>>;
}

/**
 * Returns the items of one shard: consecutive ones, in shards of equal size as far as possible.
 *
 * Shards take parts from the beginning and from the end in turn: items that are sorted by length make shards 0 and 1 together as long
 * as 2 and 3, so that processes with several shards have equal work.
 *
 * @example shardOf(["a", "b", "c"], 1, 2) // => ["b", "c"]
 */
export function shardOf<T>(items: readonly T[], shard: number, of: number): T[] {
  const edge = (at: number) => Math.floor((items.length * at) / of);
  const part = shard % 2 === 0 ? shard / 2 : of - (shard + 1) / 2;
  return items.slice(edge(part), edge(part + 1));
}

/**
 * A batch source whose micro-batches are a pure function of the step. Each shard gets consecutive micro-batches.
 *
 * @param batches - returns the micro-batches of a step, counted from 0.
 * @example batchesByStep((step) => [step, step + 1]).step({ step: 7, cursor: null, shards: [1], of: 2 })
 * // => { batches: [[8]], cursor: null }
 */
export const batchesByStep = <B>(batches: (step: number) => readonly B[]): BatchSource<B> => ({
  step({ step, shards, of }) {
    const all = batches(step);
    return { batches: shards.map((shard) => shardOf(all, shard, of)), cursor: null };
  },
});
