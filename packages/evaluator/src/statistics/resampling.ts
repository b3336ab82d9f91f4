import { ConfigError, createRandom, type Random } from "@trivium/core";

/** The number of resamples and the seed of their random stream. */
export interface ResamplingOptions {
  /** Default 4000. */
  readonly resamples?: number | undefined;
  /** Default 0. The same seed draws the same. */
  readonly seed?: number | string | undefined;
}

/** A number with its 95 % interval. */
export interface Interval {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

/** The stream and the number of draws that the options ask for. @throws {ConfigError} `evaluator/resamples`. */
export function readResampling(name: string, { resamples = 4000, seed = 0 }: ResamplingOptions) {
  if (!Number.isSafeInteger(resamples) || resamples < 1) {
    throw new ConfigError("evaluator/resamples", `resamples is a whole number from 1, got ${resamples}`);
  }
  const random: Random = createRandom(seed).split(name);
  return { resamples, random };
}

/** The interval that leaves out 2.5 % of the values at each end; sorts them in place. */
export function percentiles(estimate: number, values: Float64Array): Interval {
  values.sort();
  const at = Math.floor(0.025 * values.length);
  return { estimate, low: values[at] as number, high: values[values.length - 1 - at] as number };
}

/** @throws {ConfigError} `evaluator/samples` if there are fewer values than `least`, or one is not finite. */
export function assertSample(values: ArrayLike<number>, what: string, least = 1): void {
  if (values.length < least)
    throw new ConfigError("evaluator/samples", `${what}: expected at least ${least} values, got ${values.length}`);
  for (let at = 0; at < values.length; at++) {
    if (!Number.isFinite(values[at]))
      throw new ConfigError("evaluator/samples", `${what}: value ${at} is ${values[at]}, not a finite number`);
  }
}

export function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let at = 0; at < values.length; at++) sum += values[at] as number;
  return sum / values.length;
}
