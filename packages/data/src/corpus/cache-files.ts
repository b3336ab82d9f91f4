import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

/** The folder where what can be computed again is kept: `TRIVIUM_CACHE`, else that of the user's other programs. */
export function cacheFolder(): string {
  const { TRIVIUM_CACHE: own, XDG_CACHE_HOME: shared } = process.env;
  return own || join(shared || join(homedir(), ".cache"), "trivium");
}

/** The bytes of a file of the cache; undefined if there is none. */
export const readCacheFile = (folder: string, name: string): Promise<Buffer | undefined> =>
  readFile(join(folder, name)).catch(() => undefined);

/**
 * Writes a file of the cache in one stroke: others see all of it or nothing, and of several writers one wins.
 *
 * @returns whether it was written. A full disk or a folder that is read-only costs time later, and nothing else.
 */
export async function writeCacheFile(folder: string, name: string, bytes: Uint8Array): Promise<boolean> {
  const path = join(folder, name);
  const unfinished = `${path}.${process.pid}.${unfinishedFiles++}.unfinished`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(unfinished, bytes);
    await rename(unfinished, path);
    return true;
  } catch {
    await rm(unfinished, { force: true }).catch(() => undefined);
    return false;
  }
}

let unfinishedFiles = 0;
