import { describedSchedule, type Schedule } from "./schedule.ts";

/** The rates of one cycle. */
export interface OneCycleOptions {
  /** The highest rate, at step `warmupSteps − 1`. */
  readonly peak: number;
  /** The length of the run. */
  readonly steps: number;
  /** Length of the rise. Default: three tenths of the steps. */
  readonly warmupSteps?: number | undefined;
  /** Peak ÷ first rate. Default 25. */
  readonly startDivisor?: number | undefined;
  /** First rate ÷ last rate. Default 10,000. */
  readonly endDivisor?: number | undefined;
}

/**
 * Half a cosine up from `peak ÷ startDivisor` to the peak, then half a cosine down to almost nothing at the last step.
 *
 * ```text
 * peak     ╭─╮
 *         ╱   ╲
 * start ─╯      ╲
 * end             ╰──
 *       0  w−1     steps−1
 * ```
 *
 * @source Smith and Topin 2018, https://arxiv.org/abs/1708.07120, in the form of PyTorch's `OneCycleLR`
 * @example oneCycle({ peak: 1, steps: 10, warmupSteps: 4 })(3) // => 1
 */
export function oneCycle(options: OneCycleOptions): Schedule {
  const { peak, steps, startDivisor = 25, endDivisor = 1e4 } = options;
  const { warmupSteps = 0.3 * steps } = options;
  const settings = { name: "one-cycle", peak, steps, warmupSteps, startDivisor, endDivisor };
  const start = peak / startDivisor;
  const [top, last] = [Math.max(0, warmupSteps - 1), steps - 1];
  const between = (from: number, to: number, share: number) => to + ((from - to) / 2) * (1 + Math.cos(Math.PI * share));
  return describedSchedule(settings, (step) => {
    if (step < top) return between(start, peak, step / top);
    return between(peak, start / endDivisor, last <= top ? 0 : Math.min(1, (step - top) / (last - top)));
  });
}
