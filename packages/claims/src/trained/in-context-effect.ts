import { type ArmResult, type Effect, pairedEffect } from "@trivium/evaluator";
import { type InContextNumbers, zeroError } from "./in-context-arm.ts";

type InContext = readonly ArmResult<InContextNumbers>[];

/** How much larger the squared error on a query is of the left arms; each seed has sequences of its own. */
export const inContextEffect = (name: string, left: InContext, right: InContext): Effect =>
  pairedEffect({
    // One hundredth of the error of answering 0.
    ...{ name, unit: "squared error of a query", smallest: zeroError / 100, examples: "own" },
    left: left.map(({ numbers }) => numbers.errors),
    right: right.map(({ numbers }) => numbers.errors),
  });
