import type { CurvePoint } from "@trivium/evaluator";

/**
 * The held-out loss of a learning curve when that many tokens had carried loss, between its points in a straight line;
 * the nearest point beyond its ends.
 *
 * @example lossAt(curve, 150) // halfway between points at 100 and 200
 */
export function lossAt(curve: readonly CurvePoint[], supervised: number): number {
  const after = curve.findIndex(({ tokensSupervised }) => tokensSupervised >= supervised);
  const [left, right] = [curve[Math.max(0, after - 1)], curve[after]];
  if (!left || !right) return curve.at(-1)?.targetLoss ?? Number.NaN;
  const span = right.tokensSupervised - left.tokensSupervised;
  const share = span === 0 ? 1 : (supervised - left.tokensSupervised) / span;
  return after === 0 ? right.targetLoss : left.targetLoss + share * (right.targetLoss - left.targetLoss);
}
