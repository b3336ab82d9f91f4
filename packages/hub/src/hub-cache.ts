import { copyFile, rename, rm, stat, symlink, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { makeFolder, withFileErrors } from "@trivium/checkpoint/node";
import { download, type RemoteFile } from "./download.ts";
import type { Hub } from "./hub-options.ts";

/**
 * Downloads a file of a repository: its content under its digest, and a link to it in the folder of the commit, which is
 * made last. Hugging Face's own programs lay their cache out like this, and find what is here.
 *
 * @param folder - the folder of the repository in the cache.
 * @throws {CheckpointError} what `download` throws, and as the file system reports.
 * @source https://huggingface.co/docs/huggingface_hub/guides/manage-cache
 */
export function fetchInto(folder: string, file: RemoteFile, hub: Hub): Promise<void> {
  const content = join(folder, "blobs", file.digest);
  const link = join(folder, "snapshots", file.commit, file.path);
  return withFileErrors(`keep ${file.path}`, folder, async () => {
    await makeFolder(dirname(content));
    await makeFolder(dirname(link));
    const { size } = (await stat(content).catch(() => undefined)) ?? {};
    if (size !== file.size) {
      const partial = `${content}.incomplete`;
      await download(file, partial, hub);
      await rename(partial, content);
    }
    await rm(link, { force: true });
    // Windows lets few programs make links.
    await symlink(relative(dirname(link), content), link).catch(() => copyFile(content, link));
  });
}

/** Notes the commit that a branch or a tag names. */
export function writeRef(folder: string, revision: string, commit: string): Promise<void> {
  const path = join(folder, "refs", revision);
  return withFileErrors(`note the revision ${revision}`, folder, async () => {
    await makeFolder(dirname(path));
    await writeFile(path, commit);
  });
}
