import { type ArmResult, type Effect, pairedEffect, type TrainingNumbers } from "@trivium/evaluator";
import { type CurveAxis, lossAt } from "./loss-at.ts";

/** The arms of one kind, one for each seed. */
export type TrainedArms = readonly ArmResult<TrainingNumbers>[];

export interface LossComparison {
  readonly name: string;
  /** Nats per target token below which nobody would choose. */
  readonly smallest: number;
  /** What speaks for the statement where it loses more. */
  readonly left: TrainedArms;
  readonly right: TrainedArms;
}

/** How many nats per target token more the left arms lose than the right ones, at the end of training. */
export const finalLossEffect = ({ name, smallest, left, right }: LossComparison): Effect =>
  pairedEffect({
    ...{ name, unit: "nats per target token", smallest },
    left: left.map(({ numbers }) => numbers.examples.nats),
    right: right.map(({ numbers }) => numbers.examples.nats),
    weights: left.map(({ numbers }) => numbers.examples.tokens),
  });

/** The same when both had spent what the cheaper one spent in all: one number for each seed, read off the curves. */
export function equalBudgetEffect(
  { name, smallest, left, right }: LossComparison,
  axis: Exclude<CurveAxis, "seconds">,
): Effect {
  const pairs = left.map((arm, at) => {
    const curves = [arm.curve ?? [], (right[at] as ArmResult).curve ?? []] as const;
    const spent = Math.min(...curves.map((curve) => curve.at(-1)?.[axis] ?? 0));
    return curves.map((curve) => lossAt(curve, spent, axis)) as [number, number];
  });
  const effect = pairedEffect({
    ...{ name, unit: "nats per target token", smallest },
    left: pairs.map(([own]) => [own]),
    right: pairs.map(([, other]) => [other]),
  });
  return { ...effect, method: `paired bootstrap over ${left.length} seeds, losses read off the learning curves` };
}
