import { linearDecay } from "./linear-decay.ts";
import { linearWarmup } from "./linear-warmup.ts";
import { describedSchedule, lowest, type Schedule } from "./schedule.ts";
import type { WarmupCosineOptions } from "./warmup-cosine.ts";

/**
 * Linear warm-up to the peak, then a straight line down to the floor at the end of the run.
 *
 * ```text
 * peak   ╱╲
 *       ╱   ╲
 *      ╱      ╲
 * floor         ╲──
 *      0 w       steps
 * ```
 *
 * @source Devlin et al. 2019, §A.2 (BERT), https://arxiv.org/abs/1810.04805
 * @example warmupLinear({ peak: 1, warmupSteps: 2, steps: 10 })(6) // => 0.5
 */
export function warmupLinear({ peak, warmupSteps, steps, floor = 0 }: WarmupCosineOptions): Schedule {
  return describedSchedule(
    { name: "warmup-linear", peak, warmupSteps, steps, floor },
    lowest(linearWarmup({ peak, warmupSteps }), linearDecay({ peak, from: warmupSteps, to: steps, floor })),
  );
}
