import { axes, pairForms, taskNames } from "../train/names.ts";
import type { StateOf } from "./address.ts";
import { choice, integer, oneNumber, text } from "./field.ts";

/** The sizes and rates to choose from. */
export const trainChoices = {
  w: [16, 32, 48, 64, 96, 128],
  h: [1, 2, 4, 8],
  r: [0.0003, 0.001, 0.003, 0.01],
  b: [8, 16, 32, 64, 128],
} as const;

/** The state of the screen of training. */
export const trainFields = {
  t: choice(taskNames),
  /** The form of the encoder–decoder. */
  p: choice(pairForms),
  w: oneNumber(64, trainChoices.w),
  y: integer(2, 1, 6),
  h: oneNumber(4, trainChoices.h),
  r: oneNumber(0.003, trainChoices.r),
  b: oneNumber(32, trainChoices.b),
  s: integer(1, 0, 999_999_999),
  /** The horizontal axis of the curves. */
  x: choice(axes),
  /** The reader's own pairs, deflated, in base 64. */
  d: text("", 8000, /^[\w-]*$/),
} as const;

export type TrainState = StateOf<typeof trainFields>;
