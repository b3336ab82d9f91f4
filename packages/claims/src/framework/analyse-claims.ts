import { ConfigError, type Json, type Reason } from "@trivium/core";
import type { Effect } from "@trivium/evaluator";
import { armHash } from "./arm-hash.ts";
import type { ArmStore, StoredArm } from "./arm-store.ts";
import type { Claim, ClaimArm, ClaimRequest, Findings, Verdict } from "./claim.ts";
import { judge } from "./judge.ts";

/** A claim and its id: the name of its plugin. */
export interface NamedClaim {
  readonly id: string;
  readonly claim: Claim;
}

/** The outcome of a claim: its findings and verdict, or the reason why it was not run. */
export type ClaimResult = NamedClaim &
  (
    | {
        readonly status: "measured";
        readonly findings: Findings;
        /** The verdict on the first effect, by `judge`. */
        readonly verdict: Verdict;
        /** The results of the arms in the order of the plan, under the plan's names. */
        readonly arms: readonly StoredArm[];
      }
    | {
        readonly status: "not run";
        /** The reason why the claim was not run, with the remedy. */
        readonly reason: Reason;
      }
  );

/** An arm of a plan with the place of its results. */
export interface PlannedArm {
  readonly arm: ClaimArm;
  readonly hash: string;
}

export interface AnalyseClaimsOptions {
  readonly claims: readonly NamedClaim[];
  readonly request: ClaimRequest;
  readonly store: Pick<ArmStore, "read">;
  /** The computing environment that is part of each arm's hash, see `armHash`. */
  readonly environment?: Json | undefined;
}

/**
 * Analyses the stored arms of claims; no arm is run. A claim that lacks an arm is reported as not run.
 *
 * @throws what a claim's `analyse` throws.
 * @example const results = await analyseClaims({ claims, request, store });
 */
export async function analyseClaims(options: AnalyseClaimsOptions): Promise<ClaimResult[]> {
  const { request, store, environment } = options;
  const results: ClaimResult[] = [];
  for (const named of options.claims) {
    const planned = await planArms(named, request, environment);
    const arms: StoredArm[] = [];
    for (const { arm, hash } of planned) {
      const stored = await store.read(hash);
      if (stored) arms.push(renamed(stored, arm));
    }
    const missing = planned.length - arms.length;
    const message = `${missing} of ${planned.length} arms have no results yet; run the claim`;
    results.push(
      missing === 0
        ? measured(named, arms, request)
        : { ...named, status: "not run", reason: { code: "claims/arms-missing", message } },
    );
  }
  return results;
}

/**
 * The arms of a claim, in its order, each with the place of its results.
 *
 * @throws {ConfigError} `claims/plan` if there is no arm, or two have one name; `claims/configuration`.
 * @example (await planArms({ id: "mine", claim: mine }, request)).map(({ hash }) => hash)
 */
export async function planArms(
  { id, claim }: NamedClaim,
  request: ClaimRequest,
  environment?: Json,
): Promise<PlannedArm[]> {
  const arms = claim.plan(request);
  const twice = arms.find(({ name }, at) => arms.findIndex((other) => other.name === name) !== at);
  if (arms.length === 0 || twice) {
    const problem = twice ? `two arms are named "${twice.name}"` : "it plans no arm";
    throw new ConfigError("claims/plan", `the claim "${id}" cannot be run: ${problem}`);
  }
  return Promise.all(arms.map(async (arm) => ({ arm, hash: await armHash(arm.configuration, environment) })));
}

export function measured(named: NamedClaim, arms: readonly StoredArm[], request: ClaimRequest): ClaimResult {
  const analysed = named.claim.analyse(arms, request);
  const [first, ...others] = analysed.effects;
  const findings: Findings = { ...analysed, effects: [judgedBySeeds(first, request), ...others] };
  return { ...named, status: "measured", findings, verdict: judge(findings.effects[0]), arms };
}

/**
 * Marks an effect as unjudged if there is one seed only, since its interval does not cover other seeds. Counted effects
 * are exact and stay judged.
 */
function judgedBySeeds(effect: Effect, { seeds }: ClaimRequest): Effect {
  const isCounted = effect.low === effect.high && !effect.seeds;
  if (seeds.length > 1 || isCounted || effect.unjudged !== undefined) return effect;
  return { ...effect, unjudged: "one seed tells nothing of the noise between seeds; run at least 2" };
}

/** Returns stored results under the plan's name of the arm, since claims may name a shared arm differently. */
export const renamed = (stored: StoredArm, { name }: ClaimArm): StoredArm => ({ ...stored, name });
