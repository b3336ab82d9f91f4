import { NumericsError } from "@trivium/core";
import { tf } from "@trivium/tensor";
import { resumedRun } from "./begin-run.ts";
import type { Snapshot } from "./checkpoint-store.ts";
import type { RolledBackEvent } from "./events.ts";
import { recoveryOf } from "./recovery.ts";
import { disposeTrained, type Run } from "./run.ts";
import type { TrainOptions } from "./train-options.ts";

/** Returns whether an error of a step is answered by a roll-back. */
export function isRolledBack<B>(
  error: unknown,
  { faults }: Run,
  { recovery }: TrainOptions<B>,
): error is NumericsError {
  const { action, limit } = recoveryOf(recovery);
  return action === "roll-back" && faults.rollBacks < limit && NumericsError.is(error);
}

/** A checkpoint whose very next step breaks is likely to hold the fault itself, so one before it is preferred. */
async function checkpointBefore<B>({ step }: Run, { checkpoint }: TrainOptions<B>): Promise<Snapshot | undefined> {
  return (await checkpoint?.store.newest(step)) ?? checkpoint?.store.newest();
}

/**
 * Takes a run back to its newest checkpoint. From there on its rates are lower by one more factor.
 *
 * @throws {NumericsError} the error itself, if the store has no checkpoint.
 */
export async function rollBack<B>(run: Run, options: TrainOptions<B>, error: NumericsError): Promise<RolledBackEvent> {
  const { factor } = recoveryOf(options.recovery);
  const snapshot = await checkpointBefore(run, options);
  if (!snapshot) throw error;
  const from = run.step + 1;
  const faults = { ...run.faults, rollBacks: run.faults.rollBacks + 1 };
  const { frozen, ...restored } = resumedRun(run, options, snapshot);
  tf.dispose(frozen);
  disposeTrained(run);
  Object.assign(run, restored, { faults });
  const rateFactor = factor ** faults.rollBacks;
  const message = `${error.message.split(" (")[0]}; it goes on from step ${run.step} at ${rateFactor} of its rates`;
  return { type: "rolled-back", step: run.step, from, rateFactor, message };
}
