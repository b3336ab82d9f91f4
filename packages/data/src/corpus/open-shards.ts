import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { DataError } from "@trivium/core";
import { readBlocks } from "../read-blocks.ts";
import { readCacheFile, writeCacheFile } from "./cache-files.ts";
import { changedShard, type Shard, shardEndings, shardKind } from "./shard.ts";

/** Bytes of a file whose digest is worth remembering. */
const LARGE = 64 * 2 ** 20;

/**
 * Opens a file of a corpus: its kind, and the digest of its bytes. The digest of a large file is kept in the cache, for as
 * long as size and time of change stay.
 *
 * @throws {DataError} `data/file` if it cannot be read or is no ordinary file, `data/extension` for another ending.
 */
export async function openShard(path: string, cache: string | undefined): Promise<Shard> {
  const kind = shardKind(path);
  if (kind === undefined) {
    const message = `${path}: the files of a corpus are ${shardEndings}; rename or convert it`;
    throw new DataError("data/extension", message, { details: { file: path } });
  }
  const found = await stateOf(path);
  if (found === undefined) return { path, ...kind, bytes: 0, modified: "0", sha256: await digestOf(path) };
  const { bytes, modified } = found;
  return { path, ...kind, bytes, modified, sha256: await rememberedDigest(path, found, cache) };
}

/**
 * Makes sure that a shard is what it was when the corpus was opened. A file with another time of change and the same bytes is.
 *
 * @throws {DataError} `data/changed` naming the file.
 */
export async function checkShard(shard: Shard): Promise<void> {
  const found = await stateOf(shard.path);
  if (found === undefined) throw changedShard(shard, "has vanished");
  if (found.bytes !== shard.bytes) throw changedShard(shard, `has ${found.bytes > shard.bytes ? "grown" : "shrunk"}`);
  if (found.modified === shard.modified || (await digestOf(shard.path)) === shard.sha256) return;
  throw changedShard(shard, "has changed");
}

interface FileState {
  readonly bytes: number;
  readonly modified: string;
}

/** Undefined if there is no such file, or something else of that name. */
async function stateOf(path: string): Promise<FileState | undefined> {
  const found = await stat(path, { bigint: true }).catch(() => undefined);
  return found?.isFile() ? { bytes: Number(found.size), modified: String(found.mtimeNs) } : undefined;
}

async function rememberedDigest(path: string, state: FileState, cache: string | undefined): Promise<string> {
  if (cache === undefined || state.bytes < LARGE) return digestOf(path);
  const name = `digests/${createHash("sha256").update(`${path}\n${state.bytes}\n${state.modified}`).digest("hex")}`;
  const known = await readCacheFile(cache, name);
  if (known?.length === 64) return known.toString("utf8");
  const digest = await digestOf(path);
  await writeCacheFile(cache, name, Buffer.from(digest));
  return digest;
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const block of readBlocks(path)) hash.update(block);
  return hash.digest("hex");
}
