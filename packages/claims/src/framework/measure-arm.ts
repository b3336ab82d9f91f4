import {
  DataError,
  type Json,
  type Reason,
  readStringified,
  stringifyJson,
  type TriviumError,
  UnsupportedError,
} from "@trivium/core";
import type { PlannedArm } from "./analyse-claims.ts";
import type { ArmStore, StoredArm } from "./arm-store.ts";
import type { ArmContext, ArmOutcome, ArmProgress } from "./claim.ts";

export interface MeasureArmOptions {
  readonly store: ArmStore;
  readonly context: ArmContext;
  /** The machine, stored with the results of every arm that is run. */
  readonly machine?: Json | undefined;
  /** Ends after what is at hand, and keeps nothing of the arm. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs one arm and keeps its results.
 *
 * @returns them; the reason if data or a feature that is optional is not here; nothing if the signal aborts.
 * @throws what the arm and the store throw otherwise.
 * @example const result = await consume(measureArm(planned, { store, context }));
 */
export async function* measureArm(
  { arm, hash }: PlannedArm,
  { context, store, machine, signal }: MeasureArmOptions,
): AsyncGenerator<ArmProgress, StoredArm | Reason | undefined, void> {
  let outcome: ArmOutcome;
  const started = performance.now();
  try {
    outcome = yield* arm.run(signal ? { ...context, signal } : context);
  } catch (error) {
    if (signal?.aborted) return undefined;
    if (isLack(error)) return { code: error.code, message: error.message };
    throw error;
  }
  if (signal?.aborted) return undefined;
  const { name, configuration } = arm;
  const seconds = (performance.now() - started) / 1000;
  const kept = { format: "trivium-claim-arm", version: 1, hash, name, configuration, seconds, machine } as const;
  const result: StoredArm = { ...kept, ...asKept(outcome) };
  await store.write(result);
  return result;
}

/**
 * Tells if an error says that something optional is missing. The name is compared, since it survives two copies of a
 * package.
 */
export const isLack = (error: unknown): error is TriviumError => DataError.is(error) || UnsupportedError.is(error);

/** Returns the outcome as a store reads it back, so that a run and its repetition from the store do not differ. */
const asKept = (outcome: ArmOutcome): ArmOutcome => readStringified(stringifyJson(outcome)) as ArmOutcome;
