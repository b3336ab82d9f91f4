import {
  assertSample,
  type Interval,
  meanOf,
  percentiles,
  type ResamplingOptions,
  readResampling,
} from "./resampling.ts";

/**
 * A mean with its 95 % interval by the percentile bootstrap, which needs a few dozen values: of `n` it is too narrow by
 * about `√(1 − 1/n)`.
 *
 * @throws {ConfigError} `evaluator/samples`, `evaluator/resamples`.
 * @source Efron and Tibshirani 1993, An Introduction to the Bootstrap, chapter 13
 * @example bootstrapMean([1, 1, 1]) // => { estimate: 1, low: 1, high: 1 }
 */
export function bootstrapMean(values: ArrayLike<number>, options: ResamplingOptions = {}): Interval {
  assertSample(values, "the mean");
  const { resamples, random } = readResampling("bootstrap mean", options);
  const sample = Float64Array.from(values);
  const count = sample.length;
  const means = Float64Array.from({ length: resamples }, () => {
    let sum = 0;
    for (let draw = 0; draw < count; draw++) sum += sample[random.integer(count)] as number;
    return sum / count;
  });
  return percentiles(meanOf(sample), means);
}
