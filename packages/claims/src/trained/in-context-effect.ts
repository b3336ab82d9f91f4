import type { Effect } from "@trivium/evaluator";
import type { ArmResult } from "../framework/claim.ts";
import { type InContextNumbers, zeroError } from "./in-context-arm.ts";
import { scoreEffect } from "./score-effect.ts";

export type InContext = readonly ArmResult<InContextNumbers>[];

/** Returns the excess squared error of the left arms on a query. Each seed has sequences of its own. */
export const inContextEffect = (name: string, left: InContext, right: InContext): Effect =>
  scoreEffect({
    // One hundredth of the error of answering 0.
    name,
    unit: "squared error of a query",
    smallest: zeroError / 100,
    examples: "own",
    left,
    right,
    scores: ({ numbers }) => numbers.errors,
  });

/**
 * Returns the logarithm of the ratio of squared errors, so that a few sequences do not decide. A tenth more or less
 * counts as none. The ratio tells arms apart that have all learned the task, whose errors are small beside the error of
 * answering 0.
 */
export const inContextRatio = (name: string, left: InContext, right: InContext): Effect =>
  scoreEffect({
    name,
    unit: "ln of the ratio, mean over sequences",
    smallest: 0.1,
    examples: "own",
    left,
    right,
    scores: ({ numbers }) => numbers.errors.map(Math.log),
  });
