import { createRandom } from "@trivium/core";
import { type Batch, type Example, type Features, toBatch } from "@trivium/features";
import type { BatchSourceOptions } from "./batching.ts";
import { cut } from "./cut.ts";
import { exampleLength } from "./encode-examples.ts";

export interface EvaluationBatchesOptions
  extends Pick<
    BatchSourceOptions,
    "examples" | "special" | "tokenizer" | "window" | "batchSize" | "padding" | "multipleOf"
  > {
  readonly objective: BatchSourceOptions["objective"];
  /** Seed of everything that the objective draws, the same in every evaluation. Default `"evaluation"`. */
  readonly seed?: number | string | undefined;
  /** Returns the number of these rows that can run together. Default: all of them. */
  readonly together?: ((rows: readonly Features[]) => number) | undefined;
}

export interface EvaluationBatch {
  /** The number of the example in each row. */
  readonly indices: readonly number[];
  readonly batch: Batch;
}

/**
 * Every example exactly once, in batches of similar length, the longest first. The order depends on nothing but the lengths,
 * and what an objective draws for an example not on the batch.
 *
 * @example for (const { indices, batch } of evaluationBatches({ examples, special, objective, batchSize: 256 })) score(batch, indices);
 */
export function* evaluationBatches(options: EvaluationBatchesOptions): Generator<EvaluationBatch, void, void> {
  const { examples, special, tokenizer, window, objective, batchSize, seed = "evaluation", together } = options;
  const random = createRandom(seed).split("features");
  const lengths = examples.map((example) => exampleLength(example, special));
  const ordered = [...examples.keys()].sort((a, b) => (lengths[b] as number) - (lengths[a] as number));
  for (const indices of cut(ordered, batchSize)) {
    const rows = indices.map((index) =>
      objective.features(examples[index] as Example, { special, tokenizer, window, random: random.split(index) }),
    );
    for (const part of cut([...rows.keys()], together?.(rows) ?? rows.length)) {
      const batch = toBatch(rows.slice(part[0], part[0]! + part.length), { ...options, pad: special.pad });
      yield { indices: part.map((row) => indices[row] as number), batch };
    }
  }
}
