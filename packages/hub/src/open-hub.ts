import { join } from "node:path";
import { getHFHubCachePath, getRepoFolderName } from "@huggingface/hub";
import type { Files } from "@trivium/checkpoint";
import { cachedFiles } from "./cached-files.ts";
import { type HubName, readRevision } from "./hub-name.ts";
import { type HubOptions, hubOf, isOffline } from "./hub-options.ts";
import { remoteFiles } from "./remote-files.ts";

/** The files of a model of the hub: see `hubFiles`. */
export async function openHub(name: HubName, options: HubOptions): Promise<Files> {
  const { id, file } = name;
  const revision = readRevision(options.revision ?? name.revision ?? "main");
  const folder = join(options.cache ?? getHFHubCachePath(), getRepoFolderName({ type: "model", name: id }));
  const files = isOffline(options)
    ? await cachedFiles(id, revision, folder)
    : await remoteFiles(id, { revision, folder, hub: hubOf(options) });
  if (file === undefined) return files;
  const { list } = files;
  return { ...files, list: async (inside) => (inside ? [] : (await list()).filter((one) => one === file)) };
}
