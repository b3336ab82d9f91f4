import { type Effect, pairedEffect } from "@trivium/evaluator";
import { smallestLoss } from "../trained/loss-effect.ts";
import type { TrainedArms } from "../trained/trained-arms.ts";
import { type CurveAxis, lossAt } from "./loss-at.ts";

export interface LossComparison {
  readonly name: string;
  readonly left: TrainedArms;
  readonly right: TrainedArms;
}

/**
 * Returns the excess loss of the left arms, in nats per target token, at the total budget of the cheaper arm. Each seed
 * gives one number, read off the learning curves.
 */
export function equalBudgetEffect({ name, left, right }: LossComparison, axis: CurveAxis): Effect {
  const pairs = left.map((arm, at) => {
    const curves = [arm.curve ?? [], right[at]?.curve ?? []] as const;
    const spent = Math.min(...curves.map((curve) => curve.at(-1)?.[axis] ?? 0));
    return curves.map((curve) => lossAt(curve, spent, axis)) as [number, number];
  });
  const effect = pairedEffect({
    name,
    unit: "nats per target token",
    smallest: smallestLoss,
    left: pairs.map(([own]) => [own]),
    right: pairs.map(([, other]) => [other]),
  });
  return { ...effect, method: `paired bootstrap over ${left.length} seeds, losses read off the learning curves` };
}
