import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { systemCode } from "./file-errors.ts";
import { CHECKPOINTS, type NamedStep, stepsAmong } from "./step-name.ts";

/** Names that start so are unfinished or discarded work of ours: never read, and removed by `openRun`. */
export const TEMPORARY_PREFIX = ".trivium-temporary-";

/** Names that start so say which process works in a run folder: number, start and host. */
export const LOCK_PREFIX = ".trivium-lock-";

/** A checkpoint's folder on this disk. */
export interface StepFolder extends NamedStep {
  readonly path: string;
}

export const checkpointsFolder = (runDirectory: string): string => join(runDirectory, CHECKPOINTS);

/** All checkpoints of a run, newest first, whole or not; none if the run or its folder is missing. */
export async function stepFolders(runDirectory: string): Promise<StepFolder[]> {
  const folder = checkpointsFolder(runDirectory);
  return stepsAmong(await namesIn(folder)).map((step) => ({ ...step, path: join(folder, step.name) }));
}

/** The names in a folder; none if it is missing. */
export async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return [];
    throw error;
  }
}
