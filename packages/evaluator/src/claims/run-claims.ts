import { type Reason, TriviumError } from "@trivium/core";
import { relay } from "../relay.ts";
import {
  type AnalyseClaimsOptions,
  type ClaimResult,
  measured,
  type NamedClaim,
  type PlannedArm,
  planArms,
  renamed,
} from "./analyse-claims.ts";
import type { ArmStore, StoredArm } from "./arm-store.ts";
import type { ArmContext, ArmOutcome, ArmProgress, Json } from "./claim.ts";

export interface RunClaimsOptions extends AnalyseClaimsOptions {
  readonly store: ArmStore;
  readonly context: ArmContext;
  /** What this runs on: kept with every arm that is run. */
  readonly machine?: Json;
  /** Ends after what is at hand; what is finished stays in the store, and the same call goes on from there. */
  readonly signal?: AbortSignal;
}

/** What every event of an arm says of it. */
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
      /** Whether its results are there already. */
      readonly from: "store" | "run";
    })
  | (OfArm & { readonly type: "progress"; readonly progress: ArmProgress })
  | (OfArm & { readonly type: "stored"; readonly result: StoredArm })
  | { readonly type: "result"; readonly result: ClaimResult };

/**
 * Runs what arms of the claims have no results yet, keeps each as it finishes, and judges the claims.
 *
 * Arms of one configuration are run once, whatever claim asks for them. A claim whose arm lacks data or a feature that
 * is optional is reported as not run, with the reason; the others go on.
 *
 * @returns the results, in the order of the claims; fewer if the signal aborts.
 * @throws {ConfigError} `evaluator/plan`, `evaluator/configuration`; what an arm, `analyse` and the store throw otherwise.
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
  for (const [index, { arm, hash }] of planned.entries()) {
    const about = { claim: named.id, arm: arm.name, hash };
    const stored = await options.store.read(hash);
    yield { type: "arm", ...about, index, arms: planned.length, from: stored ? "store" : "run" };
    const result = stored ?? (yield* runArm({ arm, hash }, about, options));
    if (!result) return undefined;
    if ("code" in result) return { ...named, status: "not run", reason: result };
    arms.push(renamed(result, arm));
  }
  return measured(named, arms, options.request);
}

/** The arm's results, kept; the reason if it cannot run here; nothing if the signal aborts. */
async function* runArm(
  { arm, hash }: PlannedArm,
  about: OfArm,
  { context, store, machine, signal }: RunClaimsOptions,
): AsyncGenerator<ClaimsEvent, StoredArm | Reason | undefined, void> {
  let outcome: ArmOutcome;
  const started = performance.now();
  try {
    const progress = arm.run(signal ? { ...context, signal } : context);
    outcome = yield* relay(progress, (progress) => ({ type: "progress", ...about, progress }) as const);
  } catch (error) {
    if (signal?.aborted) return undefined;
    if (isLack(error)) return { code: error.code, message: error.message };
    throw error;
  }
  if (signal?.aborted) return undefined;
  const { name, configuration } = arm;
  const seconds = (performance.now() - started) / 1000;
  const kept = { format: "trivium-claim-arm", version: 1, hash, name, configuration, seconds } as const;
  const result: StoredArm = { ...kept, ...(machine !== undefined && { machine }), ...asKept(outcome) };
  await store.write(result);
  yield { type: "stored", ...about, result };
  return result;
}

/** By its name, which survives two copies of a package. */
const isLack = (error: unknown): error is TriviumError =>
  TriviumError.is(error) && ["DataError", "UnsupportedError"].includes(error.name);

/** As it will be read back: a run and its repetition from the store must not differ. */
const asKept = (outcome: ArmOutcome): ArmOutcome => JSON.parse(JSON.stringify(outcome)) as ArmOutcome;
