import { createRandom, type Json } from "@trivium/core";
import { type Batch, type BatchSource, type Example, shardOf } from "@trivium/features";
import type { BatchSourceOptions } from "./batching.ts";
import { createBatching } from "./batching.ts";
import { exampleLength } from "./encode-examples.ts";
import { createEpochOrder, type DataPosition } from "./epoch-order.ts";
import type { DrawnExample, ExampleSource } from "./example-feed.ts";

/**
 * Returns examples in memory one after the other, in the order in which batches of so many have them, with the same
 * draws.
 *
 * @throws {ConfigError} `data/batch-size`, `data/bucket` or `data/no-examples`.
 */
export function createMemorySource(
  options: Pick<BatchSourceOptions, "examples" | "special" | "batchSize" | "seed" | "bucketBatches">,
): ExampleSource {
  const { examples, special, seed } = options;
  const order = createEpochOrder({ ...options, lengths: examples.map((example) => exampleLength(example, special)) });
  const drawn = createRandom(seed).split("features");
  const size = order.batch(order.position(0)).length;
  const recall = (place: Json): DrawnExample => {
    const step = Math.floor((place as number) / size);
    const position = order.position(step);
    const index = order.batch(position)[(place as number) % size] as number;
    return { example: examples[index] as Example, random: drawn.split(position.epoch).split(index) };
  };
  return {
    recall,
    open(cursor) {
      let place = (cursor as number | null) ?? 0;
      return {
        next: () => ({ drawn: recall(place), recalled: place++ }),
        cursor: () => place,
        close: () => undefined,
      };
    },
  };
}

/** Batches of examples in memory. They are a pure function of the step, so the cursor is null. */
export interface TrainingBatches extends BatchSource<Batch> {
  readonly batchesPerEpoch: number;
  position(step: number): DataPosition;
  /** Returns the examples of a step. Seed and batch size decide, so they are the same for every architecture and objective. */
  exampleIndices(step: number): readonly number[];
  /** Returns the micro-batches of a step that is a single shard. */
  batches(step: number): readonly Batch[];
}

/**
 * Shuffled, length-bucketed batches of examples, padded or packed. Each shard of a step gets consecutive examples of its
 * batch.
 *
 * An objective that draws (where to cut a text) draws from a stream of the example and epoch, so that each
 * architecture gets the same examples, cut at the same places, in the same order.
 *
 * @throws {ConfigError} `data/batch-size`, `data/micro-batch-size`, `data/bucket`, `data/packing` or `data/no-examples`.
 * @example createBatchSource({ examples, special: tokenizer.special, objective, batchSize: 256, seed: 1, packing: 128 }).batches(0)[0].targets
 */
export function createBatchSource(options: BatchSourceOptions): TrainingBatches {
  const { examples, special, seed } = options;
  const batching = createBatching(options);
  const order = createEpochOrder({ ...options, lengths: examples.map((example) => exampleLength(example, special)) });
  const drawn = createRandom(seed).split("features");
  const exampleIndices = (step: number) => order.batch(order.position(step));
  const batchesOf = (step: number, shard: number, of: number): Batch[] => {
    const random = drawn.split(order.position(step).epoch);
    const indices = shardOf(exampleIndices(step), shard, of);
    return batching(indices.map((index) => ({ example: examples[index] as Example, random: random.split(index) })));
  };
  return {
    batchesPerEpoch: order.batchesPerEpoch,
    position: order.position,
    exampleIndices,
    batches: (step) => batchesOf(step, 0, 1),
    step: ({ step, shards, of }) => ({ batches: shards.map((shard) => batchesOf(step, shard, of)), cursor: null }),
  };
}
