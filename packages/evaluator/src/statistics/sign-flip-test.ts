import { assertSample, type ResamplingOptions, readResampling } from "./resampling.ts";

/** The p-value of a mean: the probability of a mean as far from zero if there is no effect. */
export interface Significance {
  /** Two-sided. */
  readonly p: number;
  /** All permutations, or some that were drawn. */
  readonly method: "exact" | "sampled";
  /** Number of permutations that were evaluated. */
  readonly permutations: number;
}

/** Rounding must not tell a permutation from its mirror image. */
export const tolerance = 1 - 1e-9;

/**
 * Paired permutation test: whether differences have a mean of zero, when each could as well have had the other sign.
 *
 * Up to 16 differences all `2ⁿ` sign patterns are counted; of more, `resamples` are drawn, the observed one counting as
 * one of them, so that p is never 0.
 *
 * @throws {ConfigError} `evaluator/samples`, `evaluator/resamples`.
 * @source Fisher 1935, The Design of Experiments, §21; Phipson and Smyth 2010, https://doi.org/10.2202/1544-6115.1585
 * @example signFlipTest([1, 2, 3]) // => { p: 0.25, method: "exact", permutations: 8 }
 */
export function signFlipTest(differences: ArrayLike<number>, options: ResamplingOptions = {}): Significance {
  assertSample(differences, "the differences");
  const values = Float64Array.from(differences);
  const observed = Math.abs(values.reduce((sum, value) => sum + value, 0)) * tolerance;
  if (values.length <= 16) return exact(values, observed);
  const { resamples, random } = readResampling("sign flips", options);
  let extreme = 1;
  for (let resample = 0; resample < resamples; resample++) {
    let [sum, bits] = [0, 0];
    for (let at = 0; at < values.length; at++) {
      if (at % 30 === 0) bits = random.integer(2 ** 30);
      sum += bits & 1 ? (values[at] as number) : -(values[at] as number);
      bits >>= 1;
    }
    if (Math.abs(sum) >= observed) extreme++;
  }
  return { p: extreme / (resamples + 1), method: "sampled", permutations: resamples };
}

function exact(values: Float64Array, observed: number): Significance {
  const permutations = 2 ** values.length;
  let extreme = 0;
  for (let pattern = 0; pattern < permutations; pattern++) {
    let sum = 0;
    for (let at = 0; at < values.length; at++)
      sum += (pattern >> at) & 1 ? -(values[at] as number) : (values[at] as number);
    if (Math.abs(sum) >= observed) extreme++;
  }
  return { p: extreme / permutations, method: "exact", permutations };
}
