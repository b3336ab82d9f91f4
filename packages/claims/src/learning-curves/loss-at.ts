import type { CurvePoint } from "@trivium/evaluator";

/** The budgets at which a learning curve can be read. */
export type CurveAxis = "tokensSeen" | "tokensSupervised" | "flops";

/**
 * The held-out loss of a learning curve when that much had been spent, between its points in a straight line; the
 * nearest point beyond its ends.
 *
 * @param axis - what `spent` counts.
 * @example lossAt(curve, 150, "tokensSeen") // halfway between points at 100 and 200
 */
export function lossAt(curve: readonly CurvePoint[], spent: number, axis: CurveAxis): number {
  const after = curve.findIndex((point) => point[axis] >= spent);
  const [left, right] = [curve[Math.max(0, after - 1)], curve[after]];
  if (!left || !right) return curve.at(-1)?.targetLoss ?? Number.NaN;
  const span = right[axis] - left[axis];
  const share = span === 0 ? 1 : (spent - left[axis]) / span;
  return after === 0 ? right.targetLoss : left.targetLoss + share * (right.targetLoss - left.targetLoss);
}
