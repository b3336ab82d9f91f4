import { stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { CheckpointError } from "@trivium/core";
import { readPieces } from "./durable-file.ts";
import { systemCode, withFileErrors } from "./file-errors.ts";
import type { Files } from "./files.ts";
import { type LatestCheckpoint, latestCheckpointIn } from "./latest-checkpoint.ts";
import { type Checkpoint, checkpointIn } from "./read-checkpoint.ts";
import { namesIn } from "./step-folder.ts";

/**
 * The files of a folder, which may be missing.
 *
 * @throws {CheckpointError} from each method, as the file system reports: `checkpoint/missing`, `checkpoint/read-only`, …
 * @example await folderFiles("runs/a").list() // => ["checkpoints", "metrics.jsonl", "run.json"]
 */
export function folderFiles(directory: string): Files {
  const inside = <T>(path: string, action: (whole: string) => Promise<T>): Promise<T> =>
    withFileErrors(`read ${path}`, directory, async () => {
      try {
        return await action(join(directory, path));
      } catch (cause) {
        if (systemCode(cause) !== "ENOENT") throw cause;
        throw new CheckpointError("checkpoint/missing", `${directory} has no ${path}`, { cause });
      }
    });
  return {
    name: directory,
    list: (folder = "") => withFileErrors("list files", directory, () => namesIn(join(directory, folder))),
    read: (path, range) => inside(path, (whole) => readPieces(whole, range)),
    size: (path) => inside(path, async (whole) => (await stat(whole)).size),
  };
}

/**
 * The files of a path: of a folder, or one file alone, by the end of its name.
 *
 * @example await filesAt("models/tiny.gguf").list() // => ["tiny.gguf"]
 */
export const filesAt = (path: string): Files =>
  path.endsWith(".gguf") ? { ...folderFiles(dirname(path)), list: async () => [basename(path)] } : folderFiles(path);

/**
 * Reads a checkpoint folder and verifies the size and SHA-256 of each of its files.
 *
 * @param path - the folder of one checkpoint: `runs/a/checkpoints/step-000100`.
 * @throws {CheckpointError} what `checkpointIn` throws, and as the file system reports.
 * @example (await readCheckpoint("runs/a/checkpoints/step-000100")).arrays("model.safetensors")
 */
export const readCheckpoint = (path: string): Promise<Checkpoint> => checkpointIn(folderFiles(path));

/**
 * The newest checkpoint of a run folder that is whole, as `latestCheckpointIn` finds it. A missing folder has none.
 *
 * @param before - passes over checkpoints of this step and of later ones. Default: of none.
 * @throws {CheckpointError} `checkpoint/read-only` and the like if the folder cannot be read.
 * @example const { checkpoint, skipped } = await latestCheckpoint("runs/a");
 */
export const latestCheckpoint = (runDirectory: string, before?: number): Promise<LatestCheckpoint> =>
  latestCheckpointIn(folderFiles(runDirectory), before);
