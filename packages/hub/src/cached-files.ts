import { readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Files } from "@trivium/checkpoint";
import { folderFiles } from "@trivium/checkpoint/node";
import { TriviumError } from "@trivium/core";
import { hubError } from "./hub-error.ts";
import { COMMIT } from "./hub-listing.ts";

/** The files of a repository that a cache holds. @throws {CheckpointError} `hub/offline` if it holds none. */
export async function cachedFiles(id: string, revision: string, folder: string): Promise<Files> {
  const named = await readFile(join(folder, "refs", revision), "utf8").catch(() => revision);
  const commit = named.trim();
  const snapshot = join(folder, "snapshots", commit);
  const isThere = COMMIT.test(commit) && (await stat(snapshot).catch(() => undefined));
  const remedy = "leave --offline (HF_HUB_OFFLINE) out once to fetch it";
  if (!isThere)
    throw hubError("offline", `${id} at revision ${revision} is not in the cache ${dirname(folder)}; ${remedy}`);
  const inFolder = folderFiles(snapshot);
  const known = <T>(path: string, action: () => Promise<T>): Promise<T> =>
    action().catch((cause: unknown) => {
      if (!TriviumError.is(cause, "checkpoint/missing")) throw cause;
      throw hubError("offline", `${path} of ${id} is not in the cache; ${remedy}`, cause);
    });
  return {
    name: `${id}@${commit}`,
    list: inFolder.list,
    read: (path, range) => known(path, () => inFolder.read(path, range)),
    size: (path) => known(path, () => inFolder.size(path)),
  };
}
