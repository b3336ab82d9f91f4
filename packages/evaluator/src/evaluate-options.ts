import type { Example } from "@trivium/features";
import type { LanguageModel } from "@trivium/model";
import type { FeatureContext, Objective } from "@trivium/objectives";
import type { ParameterTree } from "@trivium/tensor";
import type { TextUnit } from "@trivium/text";
import type { Metric } from "./metrics/metric.ts";
import type { Share } from "./share.ts";
import type { TargetSizes } from "./target-sizes.ts";

/** A held-out example and, where it has a target, everything that counts as right. */
export interface HeldOut {
  readonly example: Example;
  /** The texts of all right targets as the data has them. Empty for a text without a source. */
  readonly references: readonly string[];
  /**
   * The sizes of the original text: of each token of a text, or one size for the whole target of a pair. Default: those of
   * the text that the ids spell.
   */
  readonly sizes?: TargetSizes | undefined;
}

/** A model, and the examples to score it on. */
export interface EvaluateOptions extends Pick<FeatureContext, "special" | "tokenizer"> {
  readonly model: LanguageModel;
  readonly parameters: ParameterTree;
  /** The objective that the model was trained with: its prompts start the decoding. Without prompts none is decoded. */
  readonly objective: Objective;
  readonly heldOut: readonly HeldOut[];
  /** The text that target ids spell, for bits per character and per byte, and for metrics. */
  readonly decodeTarget: (ids: readonly number[]) => string;
  /** The unit of error rates. Default: the tokenizer's, else characters. */
  readonly unit?: TextUnit | undefined;
  /** Maximum number of examples with references to decode and score. 0 decodes none. Default: all. */
  readonly decoded?: number | undefined;
  /** Beam size of the search, see `generate`. Default: greedy decoding. */
  readonly beam?: number | undefined;
  /** Metrics of decoded texts besides error rates. Default: none. */
  readonly metrics?: readonly Metric[] | undefined;
  /** Decoded examples to return as texts, the first ones. Default 0. */
  readonly shown?: number | undefined;
  /** Maximum number of tokens of a decoded target. Default 48. */
  readonly maximumTokens?: number | undefined;
  /** The most rows to run together; fewer where they would not fit into memory. Default 256. */
  readonly batchSize?: number | undefined;
  /** The batches that this process computes, of those that all of several processes cut alike. Default: all of them. */
  readonly share?: Share | undefined;
  readonly signal?: AbortSignal | undefined;
}
