import { CheckpointError, jsonDifferences } from "@trivium/core";
import { tf } from "@trivium/tensor";
import type { NumericIdentity, Snapshot } from "./checkpoint-store.ts";
import type { TrainOptions } from "./train-options.ts";

/** What makes the run this run: two runs that differ here cannot continue one another. */
export const identityOf = (options: TrainOptions): Record<string, unknown> => {
  const { model, objective, optimizer, schedule, clipNorm, seed, identity } = options;
  return {
    ...identity,
    architecture: model.architecture.name,
    model: model.config,
    objective: { name: objective.name, ...objective.settings },
    optimizer: { name: optimizer.name, ...optimizer.settings },
    // A schedule that says nothing of itself leaves the place to what the caller says.
    ...(schedule.settings && { schedule: schedule.settings }),
    ...(clipNorm !== undefined && { clipNorm }),
    seed,
  };
};

/** The numeric identity that the caller gives, else the name of the backend. */
export const numericIdentityOf = ({ numericIdentity }: TrainOptions): NumericIdentity =>
  numericIdentity ?? { backend: tf.getBackend() };

/**
 * Checks that a checkpoint was computed as this run would be; a difference would change the bits.
 *
 * @returns what differs, if the caller allows it.
 * @throws {CheckpointError} `trainer/numeric-identity`, naming what differs.
 */
export function checkNumericIdentity({ state }: Snapshot, options: TrainOptions): readonly string[] {
  const differences = jsonDifferences(state.numericIdentity, numericIdentityOf(options)).map(
    ({ path, was, is }) => `${path} was ${was}, is ${is}`,
  );
  if (differences.length === 0 || options.allowNumericChange) return differences;
  const message =
    `the checkpoint in ${options.checkpoint?.store.location} was computed with other arithmetic: ` +
    `${differences.join("; ")}. Use the same, or allow the numeric change; the weights then differ from an undisturbed run's`;
  throw new CheckpointError("trainer/numeric-identity", message, { details: { differences } });
}
