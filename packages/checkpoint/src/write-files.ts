import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder, syncFolder, writeDurably } from "./durable-file.ts";
import { withFileErrors } from "./file-errors.ts";
import type { FileChunks } from "./safetensors-parts.ts";
import { TEMPORARY_PREFIX } from "./step-folder.ts";

/**
 * Writes files into a folder, which is made if it is missing. Each is written under a temporary name, synced and renamed,
 * in their order: a file that is there is whole, and so are those before it.
 *
 * @throws {CheckpointError} `checkpoint/disk-full`, `checkpoint/read-only` and the like, as the file system reports.
 * @example await writeFiles("exported", safetensorsParts(arrays));
 */
export async function writeFiles(directory: string, files: readonly FileChunks[]): Promise<void> {
  await withFileErrors("write files", directory, async () => {
    await makeFolder(directory);
    for (const { name, chunks } of files) {
      const temporary = join(directory, `${TEMPORARY_PREFIX}${process.pid}-${name}`);
      try {
        await rm(temporary, { force: true });
        await writeDurably(temporary, chunks);
        await rename(temporary, join(directory, name));
      } catch (error) {
        // A second failure here must not hide the first.
        await rm(temporary, { force: true }).catch(() => {});
        throw error;
      }
    }
    await syncFolder(directory);
  });
}
