import { cosineDecay } from "./cosine-decay.ts";
import { linearDecay } from "./linear-decay.ts";
import { linearWarmup } from "./linear-warmup.ts";
import { describedSchedule, lowest, type Schedule } from "./schedule.ts";
import type { WarmupCosineOptions } from "./warmup-cosine.ts";

/** Forms of the fall at the end of a run. */
export const decayShapes = ["linear", "cosine", "square-root"] as const;

/** The rates of a run that stays at the peak until shortly before its end. */
export interface WarmupStableDecayOptions extends WarmupCosineOptions {
  /** Length of the fall at the end of the run. 0 for none. Default: a fifth of the steps. */
  readonly decaySteps?: number | undefined;
  /** Form of the fall. `"square-root"` falls as `1 − √share`, fast at first. Default `"linear"`. */
  readonly shape?: (typeof decayShapes)[number] | undefined;
}

/**
 * Linear warm-up to the peak, the peak, then a short fall to the floor at the end of the run.
 *
 * ```text
 * peak   ╱────────╲
 *       ╱          ╲
 *      ╱            ╲
 * floor              ╲──
 *      0 w     steps−d steps
 * ```
 *
 * @source Hu et al. 2024, §4 (MiniCPM), https://arxiv.org/abs/2404.06395; the square root: Hägele et al. 2024, §3,
 *   https://arxiv.org/abs/2405.18392
 * @example warmupStableDecay({ peak: 1, warmupSteps: 2, steps: 10, decaySteps: 4 })(8) // => 0.5
 */
export function warmupStableDecay(options: WarmupStableDecayOptions): Schedule {
  const { peak, warmupSteps, steps, floor = 0, shape = "linear" } = options;
  const { decaySteps = Math.min(steps - warmupSteps, Math.ceil(steps / 5)) } = options;
  const settings = { name: "warmup-stable-decay", peak, warmupSteps, steps, floor, decaySteps, shape };
  const warmup = linearWarmup({ peak, warmupSteps });
  // A schedule without a fall has no end.
  if (decaySteps === 0)
    return describedSchedule(
      settings,
      lowest(warmup, () => peak),
    );
  const span = { peak, from: steps - decaySteps, to: steps, floor };
  const squareRoot = (step: number) => {
    const share = Math.min(1, Math.max(0, (step - span.from) / decaySteps));
    return floor + (peak - floor) * (1 - Math.sqrt(share));
  };
  const falls = { linear: linearDecay(span), cosine: cosineDecay(span), "square-root": squareRoot };
  return describedSchedule(settings, lowest(warmup, falls[shape]));
}
