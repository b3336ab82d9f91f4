const normal = 1.959963984540054;

/** Quantiles by degrees of freedom from 1, at which the expansion below is not exact enough. */
const few = [12.7062, 4.30265, 3.18245, 2.77645, 2.57058, 2.44691, 2.36462, 2.306, 2.26216, 2.22814];

/**
 * The 97.5 % quantile of Student's t, to three digits.
 *
 * @source Cornish–Fisher expansion, Abramowitz and Stegun 1964, 26.7.5
 * @example studentQuantile(2) // => 4.30265
 */
export function studentQuantile(degrees: number): number {
  const first = (normal ** 3 + normal) / 4;
  const second = (5 * normal ** 5 + 16 * normal ** 3 + 3 * normal) / 96;
  return few[degrees - 1] ?? normal + first / degrees + second / degrees ** 2;
}
