import type { Json } from "@trivium/core";
import { type Effect, type PairedEffectOptions, pairedEffect } from "@trivium/evaluator";
import type { ArmResult } from "../framework/claim.ts";

export interface ScoreEffectOptions<Numbers extends Json> extends Omit<PairedEffectOptions, "left" | "right"> {
  readonly left: readonly ArmResult<Numbers>[];
  readonly right: readonly ArmResult<Numbers>[];
  /** Returns the score of each example of an arm. */
  scores(arm: ArmResult<Numbers>): readonly number[];
}

/** Returns the paired effect of two kinds of arms in a score of their examples, left minus right. */
export const scoreEffect = <Numbers extends Json>(options: ScoreEffectOptions<Numbers>): Effect => {
  const { left, right, scores, ...others } = options;
  return pairedEffect({ ...others, left: left.map(scores), right: right.map(scores) });
};
