import { type Effect, pairedEffect } from "@trivium/evaluator";
import type { ArmResult } from "../framework/claim.ts";
import type { TrainingNumbers } from "../framework/training-arm.ts";
import { meanOf } from "../trained/mean-of.ts";
import { scoreEffect } from "../trained/score-effect.ts";
import type { TrainedArms } from "../trained/trained-arms.ts";
import type { SourceAttention } from "./source-attention.ts";
import type { Task } from "./tasks.ts";

/** The arms of one kind on one task. */
export interface Measured {
  readonly name: string;
  readonly task: Task;
  readonly arms: TrainedArms;
}

/** Scores by seed and example. */
type Scores = readonly (readonly number[])[];

/** The examples of one length, the conditions standing one behind the other. */
const ofLength = (values: readonly number[], condition: number): readonly number[] =>
  values.slice((condition * values.length) / 3, ((condition + 1) * values.length) / 3);

const exactAt = (arms: TrainedArms, condition: number) =>
  arms.map(({ numbers: { examples } }) => ofLength(examples.exact, condition));

/** 1 for what takes more edits than the right answer has symbols: then it has more of them. */
export const overlongAt = (arms: TrainedArms, condition: number) =>
  arms.map(({ numbers: { examples } }) => {
    const symbols = ofLength(examples.symbols, condition);
    return ofLength(examples.edits, condition).map((edits, at) => (edits > (symbols[at] as number) ? 1 : 0));
  });

/** Returns the effect; unjudged where one of those compared fails at 4L mostly by not ending its answers. */
export function judgedIfEnded(effect: Effect, ...compared: readonly Measured[]): Effect {
  const endless = compared.flatMap((one) => {
    const [wrong, overlong] = [1 - accuracyAt(one, 2), meanOf(overlongAt(one.arms, 2).map(meanOf))];
    const share = `${((100 * overlong) / wrong).toFixed(0)} % of those of ${one.name}`;
    return overlong > Math.max(smallest, wrong / 2) ? [share] : [];
  });
  if (endless.length === 0) return effect;
  const unjudged = `most wrong answers at 4L are too long, ${endless.join(", ")}: what fails is to end them`;
  return { ...effect, unjudged };
}

/** The smallest share of answers that matters. Less could be due to a seed. */
const smallest = 0.05;

const answersEffect = (name: string, left: Scores, right: Scores): Effect =>
  pairedEffect({ name, unit: "share of answers", smallest, left, right });

export const overlongEffect = (left: Measured, right: Measured): Effect =>
  answersEffect(
    `answers that are too long at 4L, ${left.name} − ${right.name}`,
    overlongAt(left.arms, 2),
    overlongAt(right.arms, 2),
  );

export function fall(name: string, left: Measured, right: Measured): Effect {
  const fallOf = ({ arms }: Measured) => {
    const [short, long] = [exactAt(arms, 0), exactAt(arms, 2)];
    return short.map((exact, seed) => exact.map((one, at) => one - (long[seed]?.[at] as number)));
  };
  return answersEffect(name, fallOf(left), fallOf(right));
}

export const atLength = (name: string, left: Measured, right: Measured, condition: number): Effect =>
  answersEffect(name, exactAt(left.arms, condition), exactAt(right.arms, condition));

/**
 * Returns the difference between two runs of the same arm, which must be zero. The tables show the differences between
 * seeds.
 */
export const sameAgain = (again: ArmResult<TrainingNumbers>, arms: TrainedArms): Effect =>
  scoreEffect({
    name: "A/A: the same arm again − itself",
    unit: "nats per target token",
    smallest: 0,
    left: [again],
    right: arms.slice(0, 1),
    scores: ({ numbers }) => numbers.examples.nats,
  });

export const accuracyAt = ({ arms }: Measured, condition: number) => meanOf(exactAt(arms, condition).map(meanOf));

export const attentionAt = ({ arms }: Measured, condition: number, of: (one: SourceAttention) => number) =>
  meanOf(arms.map(({ numbers }) => of((numbers.probe as readonly SourceAttention[])[condition] as SourceAttention)));
