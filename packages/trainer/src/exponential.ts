import { describedSchedule, type Schedule } from "./schedule.ts";

/** The first and the last rate, and the steps between them. */
export interface ExponentialOptions {
  readonly start: number;
  readonly end: number;
  /** The length of the run. */
  readonly steps: number;
}

/**
 * A rate that changes by the same factor at every step: `start · (end / start)^(step / (steps − 1))`.
 *
 * @example exponential({ start: 0.25, end: 4, steps: 3 })(1) // => 1
 */
export const exponential = ({ start, end, steps }: ExponentialOptions): Schedule =>
  describedSchedule({ name: "exponential", start, end, steps }, (step) => {
    const share = Math.min(step, steps - 1) / Math.max(1, steps - 1);
    return start * (end / start) ** share;
  });
