import type { Effect } from "@trivium/evaluator";
import { scoreEffect } from "./score-effect.ts";
import type { TrainedArms } from "./trained-arms.ts";

/** Nats per target token below which nobody would choose by it. */
export const smallestLoss = 0.01;

/** Returns the excess loss of the left arms on the same held-out target tokens. */
export const lossEffect = (name: string, left: TrainedArms, right: TrainedArms): Effect =>
  scoreEffect({
    name,
    unit: "nats per target token",
    smallest: smallestLoss,
    left,
    right,
    scores: ({ numbers }) => numbers.examples.nats,
    weights: left.map(({ numbers }) => numbers.examples.tokens),
  });
