import { type Effect, pairedEffect } from "@trivium/evaluator";
import type { TrainedArms } from "./trained-arms.ts";

/** Nats per target token below which nobody would choose by it. */
export const smallestLoss = 0.01;

/** Returns the excess loss of the left arms on the same held-out target tokens. */
export const lossEffect = (name: string, left: TrainedArms, right: TrainedArms): Effect =>
  pairedEffect({
    name,
    unit: "nats per target token",
    smallest: smallestLoss,
    left: left.map(({ numbers }) => numbers.examples.nats),
    right: right.map(({ numbers }) => numbers.examples.nats),
    weights: left.map(({ numbers }) => numbers.examples.tokens),
  });

/** Returns the difference of the shares of decoded targets that the arms have exactly right, left minus right. */
export const exactEffect = (name: string, left: TrainedArms, right: TrainedArms): Effect =>
  pairedEffect({
    // One target in fifty.
    name,
    unit: "share of targets",
    smallest: 0.02,
    left: left.map(({ numbers }) => numbers.examples.exact),
    right: right.map(({ numbers }) => numbers.examples.exact),
  });
