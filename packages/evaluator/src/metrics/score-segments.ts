import { ConfigError } from "@trivium/core";
import type { Metric, Segment } from "./metric.ts";

/** The scores of a corpus and of each of its segments by one metric. */
export interface MetricScores {
  readonly name: string;
  readonly signature: string;
  /** The score of the corpus, computed from the summed statistics. */
  readonly score: number;
  readonly segments: readonly SegmentScore[];
}

export interface SegmentScore {
  readonly score: number;
  readonly statistics: readonly number[];
}

/**
 * Scores a corpus, and each of its segments alone.
 *
 * @throws {ConfigError} `evaluator/references` if a segment has no reference, or there is no segment.
 * @example scoreSegments(exactMatch(), [{ prediction: "a", references: ["a", "b"] }]).score // => 1
 */
export function scoreSegments<Output>(metric: Metric<Output>, segments: readonly Segment<Output>[]): MetricScores {
  assertReferences(segments);
  const statistics = segments.map((segment) => metric.statistics(segment));
  return {
    name: metric.name,
    signature: metric.signature(segments),
    score: metric.score(sumStatistics(statistics)),
    segments: statistics.map((own) => ({ score: metric.score(own), statistics: own })),
  };
}

/**
 * Statistics of segments, added up: what a metric scores a corpus, or a resample of one, by.
 *
 * @param statistics - at least one list; all of one length.
 * @example sumStatistics([[1, 4], [2, 3]]) // => [3, 7]
 */
export function sumStatistics(statistics: readonly (readonly number[])[]): number[] {
  const [first = [], ...others] = statistics;
  const sums = [...first];
  for (const own of others) for (const [at, value] of own.entries()) sums[at] = (sums[at] as number) + value;
  return sums;
}

/** @throws {ConfigError} `evaluator/references` if there is nothing to score, or nothing to score it against. */
function assertReferences(segments: readonly Segment<unknown>[]): void {
  if (segments.length === 0) throw new ConfigError("evaluator/references", "there is nothing to score");
  const at = segments.findIndex(({ references }) => references.length === 0);
  if (at < 0) return;
  throw new ConfigError("evaluator/references", `example ${at} has no reference to be scored against; leave it out`);
}
