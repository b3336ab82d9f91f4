import { describedSchedule, type Schedule } from "./schedule.ts";

/**
 * The same rate at every step.
 *
 * @example constant({ rate: 1e-3 })(7) // => 0.001
 */
export const constant = ({ rate }: { readonly rate: number }): Schedule =>
  describedSchedule({ name: "constant", rate }, () => rate);
