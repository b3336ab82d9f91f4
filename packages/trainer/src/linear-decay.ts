import type { CosineDecayOptions } from "./cosine-decay.ts";
import { describedSchedule, type Schedule } from "./schedule.ts";

/** Begin and end of a decay, in steps and in rates. */
export type LinearDecayOptions = CosineDecayOptions;

/**
 * A straight line from the peak to the floor, the peak before it and the floor after it.
 *
 * @example linearDecay({ peak: 1, from: 0, to: 10 })(4) // => 0.6
 */
export function linearDecay({ peak, from, to, floor = 0 }: LinearDecayOptions): Schedule {
  return describedSchedule({ name: "linear-decay", peak, from, to, floor }, (step) => {
    if (step >= to) return floor;
    const share = step <= from ? 0 : (step - from) / (to - from);
    return floor + (peak - floor) * (1 - share);
  });
}
