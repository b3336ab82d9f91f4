import { ConfigError, type Random } from "@trivium/core";
import { type Batch, type Example, toBatch, toPackedBatch } from "@trivium/features";
import type { BatchSourceOptions } from "./batch-source.ts";
import { cut } from "./cut.ts";

/** An example, and the stream from which its objective draws. */
export interface DrawnExample {
  readonly example: Example;
  readonly random: Random;
}

/**
 * Returns a function that converts examples into micro-batches, padded or packed.
 *
 * @throws {ConfigError} `data/micro-batch-size` or `data/packing`.
 */
export function createBatching(
  options: Omit<BatchSourceOptions, "examples" | "bucketBatches">,
): (examples: readonly DrawnExample[]) => Batch[] {
  const { special, tokenizer, window, objective, batchSize, microBatchSize = batchSize, packing } = options;
  if (!Number.isSafeInteger(microBatchSize) || microBatchSize < 1) {
    const message = `microBatchSize is a whole number from 1, got ${microBatchSize}`;
    throw new ConfigError("data/micro-batch-size", message);
  }
  if (packing !== undefined && options.padding === "left")
    throw new ConfigError("data/packing", 'packed rows are padded on the right: leave out padding: "left" or packing');
  if (packing !== undefined && !(Number.isSafeInteger(packing) && packing > 0))
    throw new ConfigError("data/packing", `the length of packed rows is a positive integer, got ${packing}`);
  const pad = { ...options, pad: special.pad };
  return (examples) => {
    const rows = examples.map(({ example, random }) =>
      objective.features(example, { special, tokenizer, window, random }),
    );
    return cut(rows, microBatchSize).map((micro) =>
      packing === undefined ? toBatch(micro, pad) : toPackedBatch(micro, { ...pad, length: packing }),
    );
  };
}
