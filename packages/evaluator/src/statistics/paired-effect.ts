import { ConfigError, type Random } from "@trivium/core";
import type { Effect } from "./effect.ts";
import { assertSample, percentiles, type ResamplingOptions, readResampling } from "./resampling.ts";
import { studentQuantile } from "./student-quantile.ts";

/** Scores of two arms over the same seeds and the same examples. */
export interface PairedEffectOptions extends ResamplingOptions {
  readonly name: string;
  readonly unit: string;
  /** The smallest effect that matters; smaller ones count as none. */
  readonly smallest: number;
  /** Scores of the first arm, by seed and example. */
  readonly left: readonly (readonly number[])[];
  /** Scores of the second arm, by seed and example in the same order; subtracted from `left`. */
  readonly right: readonly (readonly number[])[];
  /** Denominators by seed and example, such as tokens where nats are summed. Default: 1 for each example. */
  readonly weights?: readonly (readonly number[])[] | undefined;
  /** `"shared"` if all seeds have the same examples, `"own"` if each seed draws its own. Default `"shared"`. */
  readonly examples?: "shared" | "own" | undefined;
}

/**
 * The mean over seeds of `Σ(left − right) / Σ weights` over examples, with its 95 % interval by a two-level bootstrap.
 *
 * A resample draws examples, the same for both arms and (where they are shared) for all seeds, then seeds. With as few
 * seeds as one can afford, resampled seeds vary too little: of three, 95 % intervals cover 74 %. So what seeds differ by
 * is stretched by `√(S/(S−1)) · t(S−1)/1.96`, which restores the variance of a mean and the tails of its estimate. Of one
 * seed, nothing is known beyond that seed, and `method` says "1 seed".
 *
 * Two equal arms give exactly 0.
 *
 * @throws {ConfigError} `evaluator/pairs` if the sides do not pair; `evaluator/samples`, `evaluator/resamples`.
 * @source Efron and Tibshirani 1993, chapters 8 and 13; the stretch after Rao and Wu 1988, https://doi.org/10.1080/01621459.1988.10478591
 * @example pairedEffect({ name: "exact match", unit: "share", smallest: 0, left: [[1, 1], [1, 1]], right: [[0, 0], [0, 0]] }).low // => 1
 */
export function pairedEffect(options: PairedEffectOptions): Effect {
  const { name, unit, smallest, examples = "shared" } = options;
  const { resamples, random } = readResampling("paired effect", options);
  const sums = readPairs(options);
  const counts = sums.map(({ difference }) => difference.length);
  const stretch = sums.length === 1 ? 0 : seedStretch(sums.length);
  const drawn = { means: new Float64Array(sums.length), indices: new Int32Array(Math.max(...counts)) };
  const seeds = sums.map(({ difference, weight }) => total(difference) / total(weight));
  const values = Float64Array.from({ length: resamples }, () => {
    for (const [seed, one] of sums.entries()) {
      if (seed === 0 || examples === "own") drawIndices(drawn.indices, one.difference.length, random);
      drawn.means[seed] = resampledMean(one, drawn.indices);
    }
    const center = meanAcross(drawn.means);
    return center + stretch * (meanOfDrawn(drawn.means, random) - center);
  });
  const [fewest, most] = [Math.min(...counts), Math.max(...counts)].map((count) => count.toLocaleString("en"));
  const size = fewest === most ? fewest : `${fewest}–${most}`;
  const method = `paired bootstrap over ${sums.length} seed${sums.length === 1 ? "" : "s"} × ${size} examples`;
  return { name, unit, smallest, method, seeds, ...percentiles(meanAcross(seeds), values) };
}

/** The per-example differences and weights of one seed. */
interface SeedSums {
  readonly difference: Float64Array;
  readonly weight: Float64Array;
}

function readPairs({ left, right, weights, examples = "shared" }: PairedEffectOptions): SeedSums[] {
  const refuse = (problem: string): never => {
    throw new ConfigError("evaluator/pairs", `the sides do not pair: ${problem}`);
  };
  if (left.length === 0 || left.length !== right.length || (weights && weights.length !== left.length))
    refuse(`${left.length} and ${right.length} seeds${weights ? `, weights of ${weights.length}` : ""}`);
  return left.map((own, seed) => {
    const other = right[seed] as readonly number[];
    const weight = weights?.[seed] ?? own.map(() => 1);
    const expected = examples === "shared" ? (left[0]?.length as number) : own.length;
    if (own.length !== expected || other.length !== expected || weight.length !== expected)
      refuse(
        `seed ${seed} has ${own.length} and ${other.length} examples, ${weight.length} weights, expected ${expected}`,
      );
    // A number that JSON could not hold was kept as null, and null counts as 0 in a difference.
    for (const side of [own, other, weight]) assertSample(side, `seed ${seed}`);
    const difference = Float64Array.from(own, (value, at) => value - (other[at] as number));
    assertSample(difference, `seed ${seed}`);
    return { difference, weight: Float64Array.from(weight) };
  });
}

const seedStretch = (seeds: number): number =>
  (Math.sqrt(seeds / (seeds - 1)) * studentQuantile(seeds - 1)) / studentQuantile(Number.POSITIVE_INFINITY);

function drawIndices(indices: Int32Array, count: number, random: Random): void {
  for (let at = 0; at < count; at++) indices[at] = random.integer(count);
}

function resampledMean({ difference, weight }: SeedSums, indices: Int32Array): number {
  let [sum, weights] = [0, 0];
  for (let at = 0; at < difference.length; at++) {
    const index = indices[at] as number;
    sum += difference[index] as number;
    weights += weight[index] as number;
  }
  return sum / weights;
}

function meanOfDrawn(means: Float64Array, random: Random): number {
  let sum = 0;
  for (let draw = 0; draw < means.length; draw++) sum += means[random.integer(means.length)] as number;
  return sum / means.length;
}

const total = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0);

const meanAcross = (means: ArrayLike<number>): number => total(Float64Array.from(means)) / means.length;
