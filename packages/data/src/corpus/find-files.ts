import { stat } from "node:fs/promises";
import { join, relative } from "node:path";
import { DataError } from "@trivium/core";
import { isShardOfFolder, shardEndings } from "./shard.ts";

/** The files that a path names, and those beside them that are passed over. */
export interface FoundFiles {
  readonly paths: readonly string[];
  /** Names of files of a folder with other endings. */
  readonly others: readonly string[];
}

/**
 * The files that a path names, in the order of their names: a file, all of a folder and of the folders in it, or those
 * that a pattern such as `corpus/*.jsonl.zst` fits. A file whose name looks like a pattern is a file.
 *
 * @throws {DataError} `data/file` if nothing is there.
 */
export async function findFiles(path: string): Promise<FoundFiles> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) return filesOfFolder(path);
  const { glob, isDynamicPattern } = await tinyglobby();
  if (found === undefined && isDynamicPattern(path)) {
    const paths = await glob(path, { expandDirectories: false, onlyFiles: true });
    if (paths.length > 0) return { paths: paths.sort(byName), others: [] };
    throw nothing(path, "no file fits this pattern; in a shell, put it into quotes");
  }
  return { paths: [path], others: [] };
}

/** Loaded with the first folder or pattern: most programs read none. */
const tinyglobby = () => import("tinyglobby");

async function filesOfFolder(folder: string): Promise<FoundFiles> {
  const { glob } = await tinyglobby();
  const names = await glob("**", { cwd: folder, onlyFiles: true });
  const paths = names.map((name) => join(folder, name)).sort(byName);
  const shards = paths.filter(isShardOfFolder);
  const others = paths.filter((path) => !isShardOfFolder(path)).map((path) => relative(folder, path));
  if (shards.length === 0) throw nothing(folder, `no file of this folder is one of ${shardEndings}`);
  return { paths: shards, others };
}

const byName = (one: string, other: string): number => (one < other ? -1 : 1);

const nothing = (path: string, reason: string): DataError =>
  new DataError("data/file", `cannot read ${path}: ${reason}`, { details: { file: path } });
