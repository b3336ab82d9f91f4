import { type Effect, pairedEffect } from "@trivium/evaluator";
import type { ArmResult } from "../framework/claim.ts";
import { type InContextNumbers, zeroError } from "./in-context-arm.ts";

type InContext = readonly ArmResult<InContextNumbers>[];

/** How much larger the squared error on a query is of the left arms; each seed has sequences of its own. */
export const inContextEffect = (name: string, left: InContext, right: InContext): Effect =>
  pairedEffect({
    // One hundredth of the error of answering 0.
    name,
    unit: "squared error of a query",
    smallest: zeroError / 100,
    examples: "own",
    left: left.map(({ numbers }) => numbers.errors),
    right: right.map(({ numbers }) => numbers.errors),
  });

/**
 * How many times larger: of logarithms, so that no few sequences decide; a tenth more or less would not be noticed. It tells
 * arms apart that all have learned the task, whose errors are small beside the error of answering 0.
 */
export const inContextRatio = (name: string, left: InContext, right: InContext): Effect => {
  const logs = (arms: InContext) => arms.map(({ numbers }) => numbers.errors.map(Math.log));
  return pairedEffect({
    name,
    unit: "ln of the ratio, mean over sequences",
    smallest: 0.1,
    left: logs(left),
    right: logs(right),
    examples: "own",
  });
};
