import { extname } from "node:path";
import { DataError } from "@trivium/core";

/** A file of a corpus, as it was when the corpus was opened. A plain value, which can be sent to a worker. */
export interface Shard {
  readonly path: string;
  readonly format: ShardFormat;
  readonly compression: Compression;
  /** Bytes on disk. */
  readonly bytes: number;
  /** Time of the last change, in nanoseconds since 1970. */
  readonly modified: string;
  /** Digest of the file as it lies on disk. */
  readonly sha256: string;
  /** The task of its examples. Default: none. */
  readonly task?: string | undefined;
}

/** The forms of the examples of a shard. */
export type ShardFormat = "text" | "tab-separated" | "json-lines" | "parquet";

type Compression = "none" | "gzip" | "zstd";

const formats: Readonly<Record<string, ShardFormat>> = {
  ".txt": "text",
  ".tsv": "tab-separated",
  ".jsonl": "json-lines",
  ".ndjson": "json-lines",
  ".json": "json-lines",
  ".parquet": "parquet",
};

const compressions: Readonly<Record<string, Compression>> = { ".gz": "gzip", ".zst": "zstd" };

/** Endings that are read in a folder. A `.json` is read where it is named, since most of them describe something. */
const inFolders = Object.keys(formats).filter((ending) => ending !== ".json");

/** The endings of the files of a corpus, in words. */
export const shardEndings = `${inFolders.join(", ")}, all but .parquet with .gz or .zst behind`;

/** The kind of a file by its name; undefined if corpora have no such files. */
export function shardKind(path: string): Pick<Shard, "format" | "compression"> | undefined {
  const ending = extname(path).toLowerCase();
  const compression = compressions[ending] ?? "none";
  const inner = compression === "none" ? ending : extname(path.slice(0, -ending.length)).toLowerCase();
  const format = formats[inner];
  if (format === undefined || (format === "parquet" && compression !== "none")) return undefined;
  return { format, compression };
}

/** Returns whether a file of a folder belongs to a corpus. */
export const isShardOfFolder = (path: string): boolean =>
  shardKind(path) !== undefined && !/\.json(\.gz|\.zst)?$/i.test(path);

/** A file that is not what it was. */
export const changedShard = ({ path, bytes }: Pick<Shard, "path" | "bytes">, how: string, cause?: unknown): DataError =>
  new DataError(
    "data/changed",
    `${path} ${how} since the corpus was opened with ${bytes.toLocaleString("en")} bytes of it; put the same file back, and go on with --resume`,
    { details: { file: path }, cause },
  );
