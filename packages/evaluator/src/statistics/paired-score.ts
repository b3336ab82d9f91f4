import { ConfigError } from "@trivium/core";
import type { Metric } from "../metrics/metric.ts";
import type { MetricScores } from "../metrics/score-segments.ts";
import { type Interval, percentiles, type ResamplingOptions, readResampling } from "./resampling.ts";

/** Two systems on the same segments. */
export interface PairedScoreOptions extends ResamplingOptions {
  readonly metric: Pick<Metric, "name" | "score">;
  readonly left: Pick<MetricScores, "segments">;
  /** Its segments are those of `left`, in the same order. */
  readonly right: Pick<MetricScores, "segments">;
}

/** The difference of two scores of a corpus. */
export interface PairedScore extends Interval {
  /** The p-value: the probability of an equal or larger difference by chance alone. It is 1 for two equal systems. */
  readonly p: number;
}

/**
 * The score of `left` less that of `right` on the whole corpus, with its 95 % interval by the paired bootstrap: a
 * resample draws segments, the same for both, adds up their statistics and scores the sums. So it holds for BLEU, which
 * is no mean over segments.
 *
 * `p` is the share of resamples that are as far from their mean as the difference is from zero; one is added above and
 * below, so that nothing is impossible.
 *
 * @throws {ConfigError} `evaluator/pairs` if the segments do not pair; `evaluator/resamples`.
 * @source Koehn 2004, https://aclanthology.org/W04-3250; sacreBLEU's `--paired-bs`, which takes absolute differences
 * @example pairedScore({ metric, left: scoreSegments(metric, one), right: scoreSegments(metric, other) }).low
 */
export function pairedScore(options: PairedScoreOptions): PairedScore {
  const { metric } = options;
  const [left, right] = [options.left, options.right].map(({ segments }) => segments.map((one) => one.statistics));
  const count = left?.length ?? 0;
  if (!left || !right || count === 0 || right.length !== count) {
    const message = `${metric.name} of ${count} and ${right?.length} segments cannot be paired; score the same ones`;
    throw new ConfigError("evaluator/pairs", message);
  }
  const { resamples, random } = readResampling(`paired score: ${metric.name}`, options);
  const drawn = new Int32Array(count);
  const difference = () => metric.score(sumOf(left, drawn)) - metric.score(sumOf(right, drawn));
  for (let at = 0; at < count; at++) drawn[at] = at;
  const estimate = difference();
  const values = Float64Array.from({ length: resamples }, () => {
    for (let at = 0; at < count; at++) drawn[at] = random.integer(count);
    return difference();
  });
  const mean = values.reduce((sum, value) => sum + value, 0) / resamples;
  const asFar = values.filter((value) => Math.abs(value - mean) >= Math.abs(estimate)).length;
  return { ...percentiles(estimate, values), p: (asFar + 1) / (resamples + 1) };
}

function sumOf(statistics: readonly (readonly number[])[], indices: Int32Array): number[] {
  const sums = new Array<number>(statistics[0]?.length ?? 0).fill(0);
  for (const index of indices) {
    const own = statistics[index] as readonly number[];
    for (let at = 0; at < sums.length; at++) sums[at] = (sums[at] as number) + (own[at] as number);
  }
  return sums;
}
