import { ConfigError } from "@trivium/core";
import { describedSchedule, type Schedule } from "./schedule.ts";

/** Rates at some steps. */
export interface PointsOptions {
  /** Pairs of a step and its rate, in the order of their steps. */
  readonly points: readonly (readonly [step: number, rate: number])[];
}

/**
 * Straight lines between given points, the first rate before them and the last rate after them.
 *
 * @throws {ConfigError} `trainer/points` if there is no point, or if steps do not ascend.
 * @example points({ points: [[0, 1], [10, 0.5]] })(4) // => 0.8
 */
export function points({ points }: PointsOptions): Schedule {
  const place = points.findIndex(([step], at) => at > 0 && step <= points[at - 1]![0]);
  if (points.length === 0 || place !== -1) {
    const got = place === -1 ? "none" : `step ${points[place]![0]} behind step ${points[place - 1]![0]}`;
    throw new ConfigError("trainer/points", `a schedule of points needs at least one, at ascending steps; got ${got}`);
  }
  return describedSchedule({ name: "points", points }, (step) => {
    const next = points.findIndex(([at]) => at > step);
    if (next === 0) return points[0]![1];
    if (next === -1) return points.at(-1)![1];
    const [[from, before], [to, after]] = [points[next - 1]!, points[next]!];
    return before + ((after - before) * (step - from)) / (to - from);
  });
}
