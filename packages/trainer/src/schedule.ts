import { defineKind } from "@trivium/registry";

/**
 * A learning-rate schedule: a pure function from the step about to be taken, counted from 0, to its rate.
 *
 * Any such function will do; `lowest` and `sum` combine them. Ours also say what they were made with.
 */
export interface Schedule {
  (step: number): number;
  /** What it was made with, as plain JSON: recorded in checkpoints, and compared on resume. Default: nothing is known. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

/**
 * A schedule that says what it was made with.
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
