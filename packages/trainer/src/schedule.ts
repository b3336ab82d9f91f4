import { defineKind } from "@trivium/registry";

/**
 * A learning-rate schedule: a pure function from the step about to be taken, counted from 0, to its rate.
 *
 * Any such function will do; `lowest` and `sum` combine them.
 */
export type Schedule = (step: number) => number;

/** The kind of schedules: a function from options to a schedule. */
export const schedule = defineKind<(options: never) => Schedule>()("schedule");

/**
 * The smallest rate that any of the schedules gives.
 *
 * @example lowest(linearWarmup({ peak: 1, warmupSteps: 4 }), constant({ rate: 0.5 }))(3) // => 0.5
 */
export const lowest =
  (...schedules: readonly Schedule[]): Schedule =>
  (step) =>
    Math.min(...schedules.map((rate) => rate(step)));

/**
 * The rates of the schedules, added up.
 *
 * @example sum(constant({ rate: 1 }), constant({ rate: 2 }))(0) // => 3
 */
export const sum =
  (...schedules: readonly Schedule[]): Schedule =>
  (step) =>
    schedules.reduce((total, rate) => total + rate(step), 0);
