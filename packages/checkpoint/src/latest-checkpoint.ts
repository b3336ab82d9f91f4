import { CheckpointError } from "@trivium/core";
import type { Files } from "./files.ts";
import { type Checkpoint, checkpointIn } from "./read-checkpoint.ts";
import { CHECKPOINTS, stepsAmong } from "./step-name.ts";

const BROKEN: ReadonlySet<string> = new Set(
  ["missing", "manifest", "truncated", "altered", "other-step", "not-a-file", "not-a-folder", "link-loop"].map(
    (code) => `checkpoint/${code}`,
  ),
);

export interface LatestCheckpoint {
  /** The newest whole checkpoint; `null` if there is none. */
  readonly checkpoint: Checkpoint | null;
  /** The reasons why newer ones were passed over, newest first. */
  readonly skipped: readonly CheckpointError[];
}

/**
 * Finds the newest checkpoint of a run that is whole, whatever happened to the run: a killed process, a full disk, a
 * file that was cut off. A missing folder has none.
 *
 * @param files - the files of a run folder.
 * @param before - passes over checkpoints of this step and of later ones. Default: of none.
 * @throws {CheckpointError} what reading throws, where that does not mean a broken checkpoint.
 * @example const { checkpoint, skipped } = await latestCheckpointIn(files);
 */
export async function latestCheckpointIn(files: Files, before = Number.POSITIVE_INFINITY): Promise<LatestCheckpoint> {
  const skipped: CheckpointError[] = [];
  const steps = stepsAmong(await files.list(CHECKPOINTS));
  for (const { name } of steps.filter(({ step }) => step < before)) {
    try {
      return { checkpoint: await checkpointIn(files, `${CHECKPOINTS}/${name}`), skipped };
    } catch (error) {
      // A folder that may not be read is not a broken checkpoint: going on from an older one would be wrong.
      if (!CheckpointError.is(error) || !BROKEN.has(error.code)) throw error;
      skipped.push(error);
    }
  }
  return { checkpoint: null, skipped };
}
