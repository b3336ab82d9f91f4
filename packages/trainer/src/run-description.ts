import { CheckpointError, jsonDifferences } from "@trivium/core";
import { flattenSpecs, tf } from "@trivium/tensor";
import type { NumericIdentity, Snapshot } from "./checkpoint-store.ts";
import type { Task } from "./task.ts";
import type { TrainOptions } from "./train-options.ts";

/** Returns the paths that the task does not train. */
export const frozenPaths = <B>({ specs, trains }: Task<B>): readonly string[] =>
  trains ? Object.keys(flattenSpecs(specs)).filter((path) => !trains(path)) : [];

/** Returns the facts that identify the run, as plain JSON. Runs that differ here cannot continue one another. */
export const identityOf = <B>(options: TrainOptions<B>): Record<string, unknown> => {
  const { task, optimizer, schedule, clipNorm, seed, identity, shards = 1 } = options;
  const frozen = frozenPaths(task);
  return {
    ...identity,
    ...task.describe(),
    optimizer: { name: optimizer.name, ...optimizer.settings },
    // A schedule without settings leaves the place to the caller's own.
    schedule: schedule.settings ?? identity?.schedule,
    clipNorm,
    seed,
    shards: shards === 1 ? undefined : shards,
    frozen: frozen.length === 0 ? undefined : frozen,
  };
};

/** Returns a sentence for each place at which two JSON values differ. */
export const describeDifferences = (known: unknown, asked: unknown): string[] =>
  jsonDifferences(known, asked).map(({ path, was, is }) => `${path} was ${was}, is ${is}`);

/** Returns the numeric identity that the caller gives, else the name of the backend. */
export const numericIdentityOf = <B>({ numericIdentity }: TrainOptions<B>): NumericIdentity =>
  numericIdentity ?? { backend: tf.getBackend() };

/**
 * Checks that a checkpoint was computed as this run would be; a difference would change the bits.
 *
 * @returns the differences, if the caller allows them.
 * @throws {CheckpointError} `trainer/numeric-identity`, naming what differs.
 */
export function checkNumericIdentity<B>({ state }: Snapshot, options: TrainOptions<B>): readonly string[] {
  const differences = describeDifferences(state.numericIdentity, numericIdentityOf(options));
  if (differences.length === 0 || options.allowNumericChange) return differences;
  const found = `the checkpoint in ${options.checkpoint?.store.location} was computed with other arithmetic`;
  const remedy = "Use the same, or allow the numeric change; the weights then differ from an undisturbed run's";
  const message = `${found}: ${differences.join("; ")}. ${remedy}`;
  throw new CheckpointError("trainer/numeric-identity", message, { details: { differences } });
}
