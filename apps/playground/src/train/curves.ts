import type { ArmName, Axis } from "./names.ts";
import type { StepPoint } from "./protocol.ts";

/** A curve: after which steps its points were taken, where they stand, and how high. */
export interface Curve {
  readonly steps: number[];
  readonly x: number[];
  readonly y: number[];
}

/** A curve of each architecture. */
export type Curves = Readonly<Record<ArmName, Curve>>;

/** Where a step stands on an axis. */
export const placeOf = (axis: Axis) => (point: Pick<StepPoint, "targetTokens" | "flops" | "seconds">) =>
  ({ tokens: point.targetTokens, flops: point.flops, seconds: point.seconds })[axis];

/**
 * The losses of an arm as a curve of at most `most` points, each the mean of steps that follow one another.
 *
 * @example meanCurve([], "tokens", 100) // => { steps: [], x: [], y: [] }
 */
export function meanCurve(points: readonly StepPoint[], axis: Axis, most: number): Curve {
  const each = Math.max(1, Math.ceil(points.length / most));
  const at = placeOf(axis);
  const curve: Curve = { steps: [], x: [], y: [] };
  for (let start = 0; start < points.length; start += each) {
    const some = points.slice(start, start + each);
    const last = some.at(-1) as StepPoint;
    curve.steps.push(last.step);
    curve.x.push(at(last));
    curve.y.push(some.reduce((sum, { loss }) => sum + loss, 0) / some.length);
  }
  return curve;
}

/**
 * Returns the index of the place nearest to another one; −1 without places.
 *
 * @example nearestOf([10, 20, 30], 24) // => 1
 */
export const nearestOf = (places: readonly number[], to: number): number =>
  places.reduce(
    (best, place, at) => (Math.abs(place - to) < Math.abs((places[best] ?? Infinity) - to) ? at : best),
    -1,
  );

/** One page of the points of curves, and the number of points in all. */
interface CurvePage {
  readonly page: number;
  readonly pages: number;
  /** Numbers of the first and the last point of the page, counted from 1. */
  readonly rows: readonly [first: number, last: number];
  readonly all: number;
}

/**
 * Returns the page that shows the points of curves, `size` to a page; the last one for a page behind it.
 *
 * @example pageOf(45, 9, 20) // => { page: 2, pages: 3, rows: [41, 45], all: 45 }
 */
export function pageOf(all: number, wanted: number, size: number): CurvePage {
  const pages = Math.max(1, Math.ceil(all / size));
  const page = Math.max(0, Math.min(pages - 1, wanted));
  return { page, pages, rows: [Math.min(all, page * size + 1), Math.min(all, (page + 1) * size)], all };
}

/** An error rate that was measured at a step. */
export interface RatePoint extends Pick<StepPoint, "step" | "targetTokens" | "flops" | "seconds"> {
  readonly errorRate: number;
}

/** The step at which an error rate was first below a share, if it ever was. */
export const firstBelow = (rates: readonly RatePoint[], share: number): number | undefined =>
  rates.find(({ errorRate }) => errorRate < share)?.step;
