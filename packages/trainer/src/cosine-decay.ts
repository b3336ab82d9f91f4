import { describedSchedule, type Schedule } from "./schedule.ts";

/** Begin and end of a decay, in steps and in rates. */
export interface CosineDecayOptions {
  /** The highest rate. */
  readonly peak: number;
  /** The last step that still has the peak. */
  readonly from: number;
  /** The first step that has the floor. */
  readonly to: number;
  /** Default 0. */
  readonly floor?: number | undefined;
}

/**
 * Half a cosine from the peak to the floor: `floor + (peak − floor) · ½(1 + cos(π · (step − from) / (to − from)))`,
 * the peak before it and the floor after it.
 *
 * @source Loshchilov and Hutter 2017, eq. 5, https://arxiv.org/abs/1608.03983
 * @example cosineDecay({ peak: 1, from: 0, to: 10 })(5) // => 0.5
 */
export function cosineDecay({ peak, from, to, floor = 0 }: CosineDecayOptions): Schedule {
  return describedSchedule({ name: "cosine-decay", peak, from, to, floor }, (step) => {
    if (step >= to) return floor;
    const share = step <= from ? 0 : (step - from) / (to - from);
    return floor + (peak - floor) * 0.5 * (1 + Math.cos(Math.PI * share));
  });
}
