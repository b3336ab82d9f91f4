import type { LinearWarmupOptions } from "./linear-warmup.ts";
import { describedSchedule, type Schedule } from "./schedule.ts";

/**
 * Linear warm-up to the peak, then `peak · √(warmupSteps / (step + 1))`: it needs no length of the run.
 *
 * @source Vaswani et al. 2017, eq. 3, https://arxiv.org/abs/1706.03762
 * @example inverseSquareRoot({ peak: 1, warmupSteps: 4 })(15) // => 0.5
 */
export function inverseSquareRoot({ peak, warmupSteps }: LinearWarmupOptions): Schedule {
  const turn = Math.max(1, warmupSteps);
  return describedSchedule(
    { name: "inverse-square-root", peak, warmupSteps },
    (step) => peak * Math.min((step + 1) / turn, Math.sqrt(turn / (step + 1))),
  );
}
