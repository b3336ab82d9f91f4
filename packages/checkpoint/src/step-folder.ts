import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { systemCode } from "./file-errors.ts";

/** Names that start so are unfinished or discarded work of ours: never read, and removed by `openRun`. */
export const TEMPORARY_PREFIX = ".trivium-temporary-";

/** Names that start so say which process works in a run folder: number, start and host. */
export const LOCK_PREFIX = ".trivium-lock-";

/** A folder `checkpoints/step-000123`, or `step-000123.2` where the step was written a second time. */
export interface StepFolder {
  readonly step: number;
  readonly revision: number;
  readonly name: string;
  readonly path: string;
}

export const checkpointsFolder = (runDirectory: string): string => join(runDirectory, "checkpoints");

/** The name of a step's folder, wide enough that names sort like steps up to a million. */
export function stepName(step: number, revision = 1): string {
  return `step-${String(step).padStart(6, "0")}${revision > 1 ? `.${revision}` : ""}`;
}

/** All checkpoints of a run, newest first, whole or not; none if the run or its folder is missing. */
export async function stepFolders(runDirectory: string): Promise<StepFolder[]> {
  const folder = checkpointsFolder(runDirectory);
  const found: StepFolder[] = [];
  for (const name of await namesIn(folder)) {
    const parts = /^step-(\d{6,})(?:\.(\d+))?$/.exec(name);
    if (parts) found.push({ step: Number(parts[1]), revision: Number(parts[2] ?? 1), name, path: join(folder, name) });
  }
  return found.sort((a, b) => b.step - a.step || b.revision - a.revision);
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
