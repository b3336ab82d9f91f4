import { defineKind } from "@trivium/registry";

/**
 * A learning-rate schedule: a pure function from the step about to be taken, counted from 0, to its rate.
 *
 * Any such function will do. `lowest` and `sum` combine schedules. The schedules of this package also have `settings`.
 */
export interface Schedule {
  (step: number): number;
  /** Options of the schedule, as plain JSON. Checkpoints record them, and a resume with others is refused. Default: unknown. */
  readonly settings?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * A schedule with `settings`.
 *
 * @param settings - plain JSON that decides the rates.
 * @example describedSchedule({ name: "halving", rate: 1 }, (step) => 2 ** -step).settings // => { name: "halving", rate: 1 }
 */
export const describedSchedule = (
  settings: NonNullable<Schedule["settings"]>,
  rate: (step: number) => number,
): Schedule => Object.assign((step: number) => rate(step), { settings });

/** Half a description would hide what the caller says of the whole, so one part that is not described leaves it out. */
function combined(name: string, schedules: readonly Schedule[], rate: (step: number) => number): Schedule {
  const of = schedules.map(({ settings }) => settings);
  return of.includes(undefined) ? rate : describedSchedule({ name, of }, rate);
}

/** The kind of schedules: a function from options to a schedule. */
export const schedule = defineKind<(options: never) => Schedule>()("schedule");

/**
 * The smallest rate that any of the schedules gives.
 *
 * @example lowest(linearWarmup({ peak: 1, warmupSteps: 4 }), constant({ rate: 0.5 }))(3) // => 0.5
 */
export const lowest = (...schedules: readonly Schedule[]): Schedule =>
  combined("lowest", schedules, (step) => Math.min(...schedules.map((rate) => rate(step))));

/**
 * The rates of the schedules, added up.
 *
 * @example sum(constant({ rate: 1 }), constant({ rate: 2 }))(0) // => 3
 */
export const sum = (...schedules: readonly Schedule[]): Schedule =>
  combined("sum", schedules, (step) => schedules.reduce((total, rate) => total + rate(step), 0));
