import { ConfigError } from "@trivium/core";
import type { BatchOptions } from "@trivium/features";
import { type Batch, type Example, toBatch, toPackedBatch } from "@trivium/features";
import type { FeatureContext, Objective } from "@trivium/objectives";
import { cut } from "./cut.ts";
import type { EpochOrderOptions } from "./epoch-order.ts";
import type { DrawnExample } from "./example-feed.ts";

export interface BatchSourceOptions
  extends Omit<EpochOrderOptions, "lengths">,
    Pick<FeatureContext, "special" | "tokenizer" | "window">,
    Partial<Pick<BatchOptions, "padding" | "multipleOf">> {
  readonly examples: readonly Example[];
  /** Converts examples into the features of an architecture. */
  readonly objective: Pick<Objective, "features">;
  /** Examples that are computed at once; the gradients of a step's micro-batches are added up. Default: the whole batch. */
  readonly microBatchSize?: number | undefined;
  /**
   * Packs examples into rows of at most so many tokens of a stream, so that almost nothing is padding. Losses and
   * gradients are those of the same batch unpacked, up to rounding; dropout draws anew. Default: a row each.
   */
  readonly packing?: number | undefined;
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
