import type { Effect } from "@trivium/evaluator";
import type { Verdict } from "./claim.ts";

/**
 * The verdict of an effect's interval `[low, high]`, an effect below `smallest` counting as none.
 *
 * - *supported*: all of it is above zero, and its estimate is no smaller than `smallest`;
 * - *contradicted*: all of it is below zero, and its estimate no smaller in size;
 * - *not supported*: all of it lies within `±smallest`: whatever effect there is does not matter;
 * - *inconclusive*: anything else; more seeds or examples may decide. So is an effect that says why it is `unjudged`.
 *
 * @example judge({ ...effect, estimate: 0.2, low: 0.1, high: 0.3, smallest: 0.01 }) // => "supported"
 */
export function judge(effect: Pick<Effect, "estimate" | "low" | "high" | "smallest" | "unjudged">): Verdict {
  const { estimate, low, high, smallest, unjudged } = effect;
  if (unjudged !== undefined) return "inconclusive";
  if (low > 0 && estimate >= smallest) return "supported";
  if (high < 0 && -estimate >= smallest) return "contradicted";
  if (low >= -smallest && high <= smallest) return "not supported";
  return "inconclusive";
}
