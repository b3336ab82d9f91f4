import { CheckpointError } from "@trivium/core";
import { tf } from "@trivium/tensor";
import type { NumericIdentity, Snapshot } from "./checkpoint-store.ts";
import type { TrainOptions } from "./train-options.ts";

/** What a run is, as its checkpoints record it; two runs that differ here cannot continue one another. */
export function describeRun({ model, objective, optimizer, seed }: TrainOptions): Record<string, unknown> {
  return {
    architecture: model.architecture.name,
    model: model.config,
    objective: objective.name,
    optimizer: { name: optimizer.name, ...optimizer.settings },
    seed,
  };
}

/** The numeric identity that the caller gives, else the name of the backend. */
export const numericIdentityOf = ({ numericIdentity }: TrainOptions): NumericIdentity =>
  numericIdentity ?? { backend: tf.getBackend() };

/**
 * Checks that a checkpoint is of this very run.
 *
 * @throws {CheckpointError} `trainer/other-run`, naming each field that differs.
 */
export function assertSameRun(snapshot: Snapshot, options: TrainOptions, location: string): void {
  const saved = Object.fromEntries(Object.keys(describeRun(options)).map((name) => [name, snapshot.config[name]]));
  const differences = differencesOf(saved, describeRun(options));
  if (differences.length === 0) return;
  const message = `${location} holds another run: ${differences.join("; ")}. Use its settings, or another place`;
  throw new CheckpointError("trainer/other-run", message, { details: { differences } });
}

/**
 * Checks that a checkpoint was computed as this run would be; a difference would change the bits.
 *
 * @returns what differs, if the caller allows it.
 * @throws {CheckpointError} `trainer/numeric-identity`, naming what differs.
 */
export function checkNumericIdentity({ state }: Snapshot, options: TrainOptions, location: string): readonly string[] {
  const differences = differencesOf(state.numericIdentity, numericIdentityOf(options));
  if (differences.length === 0 || options.allowNumericChange) return differences;
  const message =
    `${location} was computed with other arithmetic: ${differences.join("; ")}. ` +
    "Use the same, or allow the numeric change; the weights then differ from those of an undisturbed run";
  throw new CheckpointError("trainer/numeric-identity", message, { details: { differences } });
}

/** `name was X, is Y` for each leaf that differs between two JSON values; undefined fields count as absent. */
export function differencesOf(saved: unknown, asked: unknown, path = ""): string[] {
  if (isRecord(saved) && isRecord(asked)) {
    const names = new Set([...Object.keys(saved), ...Object.keys(asked)]);
    return [...names].flatMap((name) => differencesOf(saved[name], asked[name], path ? `${path}.${name}` : name));
  }
  const [was, is] = [JSON.stringify(saved), JSON.stringify(asked)];
  return was === is ? [] : [`${path} was ${was ?? "absent"}, is ${is ?? "absent"}`];
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
