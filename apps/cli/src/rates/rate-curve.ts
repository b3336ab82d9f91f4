/** The loss of a step at a learning rate. */
export interface RatePoint {
  readonly rate: number;
  readonly loss: number;
}

/** The results of a range test. */
export interface RateFindings {
  /** The losses, smoothed. */
  readonly curve: readonly RatePoint[];
  /** The rate at which the smoothed loss is lowest. */
  readonly lowest: number;
  /** The rate at which the smoothed loss falls fastest, over the logarithm of the rate, before it is lowest. */
  readonly steepest: number;
}

/** Share of the old value in the smoothed loss. */
const SMOOTHING = 0.9;
/** Steps on both sides between which a slope is taken. */
const REACH = 3;
/** Multiple of the lowest smoothed loss at which a test ends. */
const BLOWN_UP = 4;

/** Losses so far, smoothed: an exponential mean in which the first value does not weigh more than the others. */
export function smoothed(points: readonly RatePoint[]): RatePoint[] {
  let [mean, weight] = [0, 0];
  return points.map(({ rate, loss }) => {
    mean = SMOOTHING * mean + (1 - SMOOTHING) * loss;
    weight = SMOOTHING * weight + (1 - SMOOTHING);
    return { rate, loss: mean / weight };
  });
}

/** Tells whether the loss has grown so much that higher rates show nothing. */
export function hasBlownUp(points: readonly RatePoint[]): boolean {
  const losses = smoothed(points).map(({ loss }) => loss);
  return (losses.at(-1) as number) > BLOWN_UP * Math.min(...losses);
}

/**
 * Reads a range test. Nothing where there are too few points for a slope.
 *
 * @source Smith 2017, §3.3, https://arxiv.org/abs/1506.01186
 */
export function findRates(points: readonly RatePoint[]): RateFindings | undefined {
  const curve = smoothed(points);
  const losses = curve.map(({ loss }) => loss);
  const at = losses.indexOf(Math.min(...losses));
  const slopes = curve.slice(0, at + 1).flatMap((point, index) => {
    const [before, after] = [curve[index - REACH], curve[index + REACH]];
    if (!before || !after) return [];
    return [{ rate: point.rate, slope: (after.loss - before.loss) / Math.log(after.rate / before.rate) }];
  });
  const steepest = slopes.sort((one, other) => one.slope - other.slope)[0];
  if (!steepest || steepest.slope >= 0) return undefined;
  return { curve, lowest: (curve[at] as RatePoint).rate, steepest: steepest.rate };
}
