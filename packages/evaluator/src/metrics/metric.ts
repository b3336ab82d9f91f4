import { defineKind } from "@trivium/registry";

/** A prediction and its accepted references. */
export interface Segment<Output = string> {
  readonly prediction: Output;
  /** Accepted outputs; at least one. */
  readonly references: readonly Output[];
}

/**
 * A score of predictions against references, by numbers that add up: the statistics of a corpus are the sums of those of
 * its segments. So a resample (the paired bootstrap) costs a sum, not another count of n-grams.
 */
export interface Metric<Output = string> {
  /** `"BLEU"`, `"chrF2++"`, `"rougeL"`. */
  readonly name: string;
  /** Returns the statistics of a segment: the same number of values for every segment. */
  statistics(segment: Segment<Output>): readonly number[];
  /** The score that statistics, of one segment or summed, stand for. */
  score(statistics: readonly number[]): number;
  /** All that the number depends on, in sacreBLEU's form: `nrefs:1|case:mixed|…|version:…`. */
  signature(segments: readonly Segment<Output>[]): string;
}

/** The kind of metrics that score text: a function from options to a metric. */
export const metric = defineKind<(options: never) => Metric>()("metric");
