import { describedSchedule, type Schedule } from "./schedule.ts";

/** Height and length of a warm-up. */
export interface LinearWarmupOptions {
  /** The rate of step `warmupSteps − 1`. */
  readonly peak: number;
  /** 0 for none. */
  readonly warmupSteps: number;
}

/**
 * A straight line through the peak, `peak · (step + 1) / warmupSteps`, which goes on rising: bound it with `lowest`.
 *
 * @example linearWarmup({ peak: 1, warmupSteps: 4 })(1) // => 0.5
 */
export const linearWarmup = ({ peak, warmupSteps }: LinearWarmupOptions): Schedule =>
  describedSchedule({ name: "linear-warmup", peak, warmupSteps }, (step) =>
    warmupSteps === 0 ? Number.POSITIVE_INFINITY : (peak * (step + 1)) / warmupSteps,
  );
