import { CheckpointError } from "@trivium/core";
import { withFileErrors } from "./file-errors.ts";
import { type Checkpoint, readCheckpoint } from "./read-checkpoint.ts";
import { stepFolders } from "./step-folder.ts";

const BROKEN: ReadonlySet<string> = new Set(
  ["missing", "manifest", "truncated", "altered"].map((code) => `checkpoint/${code}`),
);

export interface LatestCheckpoint {
  /** The newest whole checkpoint; `null` if there is none. */
  readonly checkpoint: Checkpoint | null;
  /** Newer ones that were passed over, newest first, and why. */
  readonly skipped: readonly CheckpointError[];
}

/**
 * The newest checkpoint of a run that is whole, whatever happened to the run: a killed process, a full disk, a file
 * that was cut off. A missing folder has none.
 *
 * @throws {CheckpointError} `checkpoint/read-only` and the like if the folder cannot be read.
 * @example const { checkpoint, skipped } = await latestCheckpoint("runs/a");
 */
export async function latestCheckpoint(runDirectory: string): Promise<LatestCheckpoint> {
  return withFileErrors("look for checkpoints", runDirectory, async () => {
    const skipped: CheckpointError[] = [];
    for (const { path } of await stepFolders(runDirectory)) {
      try {
        return { checkpoint: await readCheckpoint(path), skipped };
      } catch (error) {
        // A folder that may not be read is not a broken checkpoint: going on from an older one would be wrong.
        if (!CheckpointError.is(error) || !BROKEN.has(error.code)) throw error;
        skipped.push(error);
      }
    }
    return { checkpoint: null, skipped };
  });
}
