import type { Axis } from "./names.ts";
import type { StepPoint } from "./protocol.ts";

/** A curve: where its points stand, and how high. */
export interface Curve {
  readonly x: number[];
  readonly y: number[];
}

/** Where a step stands on an axis. */
export const placeOf = (axis: Axis) => (point: Pick<StepPoint, "targetTokens" | "flops" | "seconds">) =>
  ({ tokens: point.targetTokens, flops: point.flops, seconds: point.seconds })[axis];

/**
 * The losses of an arm as a curve of at most `most` points, each the mean of steps that follow one another.
 *
 * @example meanCurve([], "tokens", 100) // => { x: [], y: [] }
 */
export function meanCurve(points: readonly StepPoint[], axis: Axis, most: number): Curve {
  const each = Math.max(1, Math.ceil(points.length / most));
  const at = placeOf(axis);
  const curve: Curve = { x: [], y: [] };
  for (let start = 0; start < points.length; start += each) {
    const some = points.slice(start, start + each);
    curve.x.push(at(some.at(-1) as StepPoint));
    curve.y.push(some.reduce((sum, { loss }) => sum + loss, 0) / some.length);
  }
  return curve;
}

/** An error rate that was measured at a step. */
export interface RatePoint extends Pick<StepPoint, "step" | "targetTokens" | "flops" | "seconds"> {
  readonly errorRate: number;
}

/** The step at which an error rate was first below a share, if it ever was. */
export const firstBelow = (rates: readonly RatePoint[], share: number): number | undefined =>
  rates.find(({ errorRate }) => errorRate < share)?.step;
