import type { CurvePoint } from "@trivium/evaluator";

/** The axes over which a learning curve can be drawn. */
export const axes = [
  { field: "tokensSeen", title: "tokens seen" },
  { field: "tokensSupervised", title: "tokens supervised" },
  { field: "flops", title: "FLOPs" },
  { field: "seconds", title: "seconds of training" },
] as const;

export type CurveAxis = (typeof axes)[number];

/** The learning curves of one arm, one of each seed. */
export interface LearningCurve {
  readonly name: string;
  readonly runs: readonly (readonly CurvePoint[])[];
}

/**
 * The mean over runs at each step that all of them have, along an axis that may differ between them; `low` and `high` are
 * the lowest and the highest run.
 */
export function meanCurve({ name, runs }: LearningCurve, { field }: CurveAxis) {
  const steps = runs[0]?.map(({ step }) => step) ?? [];
  return steps.flatMap((step) => {
    const points = runs.flatMap((run) => run.filter((point) => point.step === step && isDrawable(point, field)));
    if (points.length < runs.length) return [];
    const losses = points.map(({ targetLoss }) => targetLoss);
    const x = mean(points.map((point) => point[field]));
    return [{ name, x, y: mean(losses), low: Math.min(...losses), high: Math.max(...losses) }];
  });
}

/** Tells if both numbers of a point are numbers: one that was none is null once it was stored. */
const isDrawable = (point: CurvePoint, field: CurveAxis["field"]): boolean =>
  Number.isFinite(point.targetLoss) && Number.isFinite(point[field]);

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
