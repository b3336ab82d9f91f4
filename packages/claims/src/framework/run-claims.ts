import { relay } from "@trivium/evaluator";
import {
  type AnalyseClaimsOptions,
  type ClaimResult,
  measured,
  type NamedClaim,
  planArms,
  renamed,
} from "./analyse-claims.ts";
import type { StoredArm } from "./arm-store.ts";
import type { ArmProgress } from "./claim.ts";
import { type MeasureArmOptions, measureArm } from "./measure-arm.ts";
import { readCurrent } from "./read-current.ts";

/**
 * Options of running claims. If the signal aborts, finished arms stay in the store, and the same call goes on from
 * there.
 */
export interface RunClaimsOptions extends Omit<AnalyseClaimsOptions, "store">, MeasureArmOptions {}

/** The fields of every event of an arm. */
interface OfArm {
  readonly claim: string;
  readonly arm: string;
  readonly hash: string;
}

export type ClaimsEvent =
  | { readonly type: "claim"; readonly claim: string; readonly index: number; readonly claims: number }
  | (OfArm & {
      readonly type: "arm";
      readonly index: number;
      readonly arms: number;
      /** `"store"` if stored results are used, `"run"` if the arm is run. */
      readonly from: "store" | "run";
    })
  | (OfArm & { readonly type: "progress"; readonly progress: ArmProgress })
  | (OfArm & { readonly type: "stored"; readonly result: StoredArm })
  | { readonly type: "result"; readonly result: ClaimResult };

/**
 * Runs what arms of the claims have no results yet, or those of other data, keeps each as it finishes, and judges the
 * claims.
 *
 * Arms of one configuration are run once, whatever claim asks for them. A claim whose arm lacks data or a feature that
 * is optional is reported as not run, with the reason; the others go on.
 *
 * @returns the results, in the order of the claims; fewer if the signal aborts.
 * @throws {ConfigError} `claims/plan`, `claims/configuration`; what an arm, `analyse` and the store throw otherwise.
 * @example const results = await consume(runClaims({ claims, request: { preset: "quick", seeds: [1, 2, 3] }, context, store }));
 */
export async function* runClaims(options: RunClaimsOptions): AsyncGenerator<ClaimsEvent, ClaimResult[], void> {
  const { claims, signal } = options;
  const results: ClaimResult[] = [];
  for (const [index, named] of claims.entries()) {
    if (signal?.aborted) break;
    yield { type: "claim", claim: named.id, index, claims: claims.length };
    const result = yield* runClaim(named, options);
    if (!result) break;
    results.push(result);
    yield { type: "result", result };
  }
  return results;
}

async function* runClaim(
  named: NamedClaim,
  options: RunClaimsOptions,
): AsyncGenerator<ClaimsEvent, ClaimResult | undefined, void> {
  const planned = await planArms(named, options.request, options.environment);
  const arms: StoredArm[] = [];
  for (const [index, one] of planned.entries()) {
    const { arm, hash } = one;
    const about = { claim: named.id, arm: arm.name, hash };
    const shown = (progress: ArmProgress) => ({ type: "progress", ...about, progress }) as const;
    const stored = await readCurrent(one, options);
    yield { type: "arm", ...about, index, arms: planned.length, from: stored ? "store" : "run" };
    const result = stored ?? (yield* relay(measureArm(one, options), shown));
    if (!result) return undefined;
    if ("code" in result) return { ...named, status: "not run", reason: result };
    if (!stored) yield { type: "stored", ...about, result };
    arms.push(renamed(result, arm));
  }
  return measured(named, arms, options.request);
}
