import type { Random } from "@trivium/core";
import { assertSample, type ResamplingOptions, readResampling } from "./resampling.ts";
import { type Significance, tolerance } from "./sign-flip-test.ts";

/** Ways of choosing that are all looked at. */
const most = 20_000;

/**
 * Two-sample permutation test: whether two groups have the same mean, when each value could as well be in the other.
 *
 * Up to 20,000 ways of dividing the values all are counted; of more, `resamples` are drawn, the observed one counting
 * as one of them.
 *
 * @throws {ConfigError} `evaluator/samples`, `evaluator/resamples`.
 * @source Fisher 1935; Phipson and Smyth 2010, https://doi.org/10.2202/1544-6115.1585
 * @example permutationTest([1, 2], [3, 4]).p // => 0.3333333333333333
 */
export function permutationTest(
  left: ArrayLike<number>,
  right: ArrayLike<number>,
  options: ResamplingOptions = {},
): Significance {
  for (const side of [left, right]) assertSample(side, "a group");
  const values = Float64Array.of(...Array.from(left), ...Array.from(right));
  const expected = (values.reduce((sum, value) => sum + value, 0) * left.length) / values.length;
  // The sum of one group decides the difference of means.
  const distance = (sum: number) => Math.abs(sum - expected);
  const observed = distance(sumOf(values, left.length));
  // Cancellation leaves errors in proportion to the values, not to their distance.
  const slack = observed * tolerance - 1e-12 * values.reduce((sum, value) => sum + Math.abs(value), 0);
  if (divisions(values.length, left.length) <= most) {
    const sums = sumsOfChoices(values, left.length);
    const extreme = sums.filter((sum) => distance(sum) >= slack).length;
    return { p: extreme / sums.length, method: "exact", permutations: sums.length };
  }
  const { resamples, random } = readResampling("permutations", options);
  let extreme = 1;
  for (let resample = 0; resample < resamples; resample++) {
    shuffleFirst(values, left.length, random);
    if (distance(sumOf(values, left.length)) >= slack) extreme++;
  }
  return { p: extreme / (resamples + 1), method: "sampled", permutations: resamples };
}

function sumOf(values: Float64Array, count: number): number {
  let sum = 0;
  for (let at = 0; at < count; at++) sum += values[at] as number;
  return sum;
}

/** Binomial coefficient. */
function divisions(count: number, chosen: number): number {
  let ways = 1;
  for (let at = 1; at <= chosen; at++) ways = (ways * (count - chosen + at)) / at;
  return ways;
}

/** Returns the sum of the values for every choice of `chosen` of them. */
function sumsOfChoices(values: Float64Array, chosen: number): number[] {
  const sums: number[] = [];
  const choose = (from: number, left: number, sum: number) => {
    if (left === 0) sums.push(sum);
    else for (let at = from; at <= values.length - left; at++) choose(at + 1, left - 1, sum + (values[at] as number));
  };
  choose(0, chosen, 0);
  return sums;
}

/** The first half of Fisher and Yates: the first `count` become a random choice. */
function shuffleFirst(values: Float64Array, count: number, random: Random): void {
  for (let at = 0; at < count; at++) {
    const other = at + random.integer(values.length - at);
    [values[at], values[other]] = [values[other] as number, values[at] as number];
  }
}
