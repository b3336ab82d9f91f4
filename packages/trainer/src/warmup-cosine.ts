import { cosineDecay } from "./cosine-decay.ts";
import { linearWarmup } from "./linear-warmup.ts";
import { describedSchedule, lowest, type Schedule } from "./schedule.ts";

/** The rates of a run of known length. */
export interface WarmupCosineOptions {
  /** The highest rate, at step `warmupSteps`. */
  readonly peak: number;
  /** 0 for none. */
  readonly warmupSteps: number;
  /** The length of the run. */
  readonly steps: number;
  /** The rate at the end of the run. Default 0. */
  readonly floor?: number | undefined;
}

/**
 * Linear warm-up to the peak, then half a cosine down to the floor at the end of the run.
 *
 * @source Radford et al. 2018, §4.1 (GPT)
 * @example warmupCosine({ peak: 1, warmupSteps: 2, steps: 10 })(6) // => 0.5
 */
export function warmupCosine({ peak, warmupSteps, steps, floor = 0 }: WarmupCosineOptions): Schedule {
  return describedSchedule(
    { name: "warmup-cosine", peak, warmupSteps, steps, floor },
    lowest(linearWarmup({ peak, warmupSteps }), cosineDecay({ peak, from: warmupSteps, to: steps, floor })),
  );
}
