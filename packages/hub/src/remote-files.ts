import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { ByteRange, Files } from "@trivium/checkpoint";
import { folderFiles } from "@trivium/checkpoint/node";
import { type RemoteFile, request } from "./download.ts";
import { fetchInto, writeRef } from "./hub-cache.ts";
import { hubError } from "./hub-error.ts";
import { type HubFile, listHub } from "./hub-listing.ts";
import type { Hub } from "./hub-options.ts";

/** The most bytes that are read over the network beside the cache: the header of a file. */
const HEADER_BYTES = 2 ** 25;

interface Remote {
  readonly revision: string;
  readonly folder: string;
  readonly hub: Hub;
}

/** The files of a repository of the hub, which come into the cache when they are read. */
export async function remoteFiles(id: string, { revision, folder, hub }: Remote): Promise<Files> {
  const { commit, files } = await listHub(id, revision, hub);
  if (revision !== commit) await writeRef(folder, revision, commit);
  const snapshot = join(folder, "snapshots", commit);
  const inFolder = folderFiles(snapshot);
  const name = `${id}@${commit}`;
  const find = (path: string): HubFile => {
    const found = files.get(path);
    if (found) return found;
    throw hubError("not-found", `${name} has no ${path}`);
  };
  const isCached = async (path: string, { size }: HubFile): Promise<boolean> =>
    (await stat(join(snapshot, path)).catch(() => undefined))?.size === size;
  const coming = new Map<string, Promise<void>>();
  const ensure = (path: string, file: HubFile): Promise<void> => {
    // What failed is tried again when it is asked for again.
    const fetched = () => fetchInto(folder, { id, commit, path, ...file }, hub).finally(() => coming.delete(path));
    const own = coming.get(path) ?? fetched();
    coming.set(path, own);
    return own;
  };
  return {
    name,
    list: async (inside = "") => namesIn(files, inside),
    size: async (path) => find(path).size,
    async read(path, range) {
      const file = find(path);
      if (!(await isCached(path, file))) {
        if (range && isHeader(range)) return readRange({ id, commit, path, ...file }, range, hub);
        await ensure(path, file);
      }
      return inFolder.read(path, range);
    },
  };
}

/** Whether a range is read before anything else of a file: in safetensors the length of the header and the header. */
const isHeader = ({ start, end }: ByteRange): boolean => start <= 8 && end - start <= HEADER_BYTES;

async function readRange(file: RemoteFile, { start, end }: ByteRange, hub: Hub): Promise<Uint8Array> {
  const pieces = await request(file, { start, end: Math.min(end, file.size) }, hub);
  return new Uint8Array(await new Response(pieces).arrayBuffer());
}

/** The names directly in a folder. */
function namesIn(files: ReadonlyMap<string, HubFile>, folder: string): string[] {
  const start = folder === "" ? "" : `${folder}/`;
  const inside = [...files.keys()].filter((path) => path.startsWith(start));
  return [...new Set(inside.map((path) => path.slice(start.length).split("/")[0] as string))];
}
