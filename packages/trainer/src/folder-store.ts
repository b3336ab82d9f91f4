import type { Checkpoint, NamedArrays } from "@trivium/checkpoint";
import {
  type CheckpointFiles,
  discardCheckpointsAfter,
  latestCheckpoint,
  openRun,
  writeCheckpoint,
} from "@trivium/checkpoint/node";
import { CheckpointError } from "@trivium/core";
import type { CheckpointStore, RunState, Snapshot } from "./checkpoint-store.ts";
import { joinSlices } from "./join-slices.ts";

/** Place of a run, and number of its checkpoints. */
export interface FolderStoreOptions {
  /** The run folder: missing, empty, or of this very run. */
  readonly directory: string;
  /** Number of the newest checkpoints to keep. Default 2. */
  readonly keep?: number | undefined;
}

/**
 * Keeps checkpoints in a run folder: `run.json` says what the run is, and each `checkpoints/step-000100` holds
 * `model.safetensors`, `optimizer.safetensors`, `config.json`, `state.json` and a manifest with sizes and SHA-256. Of
 * several processes, each has a file of its slice of the optimiser's state: `optimizer-0001-of-0004.safetensors`.
 *
 * A process that is killed at any instant leaves the newest whole checkpoint to go on from. A newer one that was altered
 * is passed over, and removed only when a new one stands in for it.
 *
 * @throws {CheckpointError} from `open`, beside what the contract names: `checkpoint/not-a-run` if the folder holds
 *   something else, `trainer/no-whole-checkpoint` if every checkpoint is broken; from both, what the file system reports:
 *   `checkpoint/disk-full`, `checkpoint/read-only`, …
 * @example createFolderStore({ directory: "runs/a", keep: 3 }).location // => "runs/a"
 */
export function createFolderStore({ directory, keep = 2 }: FolderStoreOptions): CheckpointStore {
  return {
    location: directory,
    async open(request) {
      await openRun(directory, request);
      const { checkpoint, skipped } = await latestCheckpoint(directory);
      if (!checkpoint && skipped.length > 0) throw noWholeCheckpoint(directory, skipped);
      return {
        snapshot: checkpoint ? snapshotOf(checkpoint) : undefined,
        skipped: skipped.map(({ message }) => message),
      };
    },
    async newest(before) {
      const { checkpoint } = await latestCheckpoint(directory, before);
      return checkpoint ? snapshotOf(checkpoint) : undefined;
    },
    async save({ model, optimizer, slices, config, state }, protect) {
      const { step } = state;
      const parts = slices ? sliceFiles(slices) : { "optimizer.safetensors": optimizer };
      const files = { "model.safetensors": model, ...parts, "config.json": config, "state.json": state };
      await writeCheckpoint(directory, { step, keep, protect, files });
      await discardCheckpointsAfter(directory, step);
    },
  };
}

const snapshotOf = (checkpoint: Checkpoint): Snapshot => ({
  model: checkpoint.arrays("model.safetensors"),
  optimizer: joinSlices(
    checkpoint.names
      .filter(isOfOptimizer)
      .sort()
      .map((name) => checkpoint.arrays(name)),
  ),
  config: checkpoint.json("config.json") as Snapshot["config"],
  state: checkpoint.json("state.json") as RunState,
});

/** The files of slices: `optimizer-0001-of-0002.safetensors` is the first of two. */
const sliceFiles = (slices: readonly NamedArrays[]): CheckpointFiles =>
  Object.fromEntries(
    slices.map((slice, at) => [`optimizer-${numbered(at + 1)}-of-${numbered(slices.length)}.safetensors`, slice]),
  );

const numbered = (count: number): string => String(count).padStart(4, "0");

const isOfOptimizer = (name: string): name is `${string}.safetensors` =>
  /^optimizer(-\d+-of-\d+)?\.safetensors$/.test(name);

/** Starting over would throw a run away that someone may still be able to repair. */
function noWholeCheckpoint(directory: string, skipped: readonly CheckpointError[]): CheckpointError {
  const reasons = skipped.map(({ message }) => message).join("; ");
  const message = `${directory} has no checkpoint that is whole: ${reasons}. Restore one, or choose another folder`;
  return new CheckpointError("trainer/no-whole-checkpoint", message, { details: { directory }, cause: skipped[0] });
}
