import { open } from "node:fs/promises";
import { DataError, TriviumError } from "@trivium/core";
import {
  type AsyncBuffer,
  type FileMetaData,
  parquetMetadataAsync,
  parquetReadObjects,
  parquetSchema,
} from "hyparquet";
import { compressors } from "hyparquet-compressors";
import type { Place } from "./place.ts";
import type { Shard } from "./shard.ts";

/** A row by the names of its columns. */
export type Row = Readonly<Record<string, unknown>>;

/** Consecutive rows of a table. */
export interface RowBlock {
  readonly from: Place;
  readonly next: Place;
  readonly rows: readonly Row[];
}

/** The most rows of a block. */
const ROWS = 1024;

/**
 * Streams the rows of a Parquet file with the named columns that it has, from a row on. A row group is held at once.
 *
 * @throws {DataError} `data/parquet` if it cannot be read as Parquet.
 */
export async function* parquetBlocks(
  { path, bytes }: Shard,
  wanted: readonly string[],
  from: Place,
): AsyncGenerator<RowBlock, void, void> {
  const handle = await open(path);
  try {
    const file: AsyncBuffer = {
      byteLength: bytes,
      async slice(start, end = bytes) {
        const buffer = Buffer.alloc(end - start);
        const { bytesRead } = await handle.read(buffer, 0, buffer.length, start);
        if (bytesRead < buffer.length) throw new RangeError("it ends in the middle");
        return buffer.buffer.slice(buffer.byteOffset, buffer.byteOffset + buffer.length) as ArrayBuffer;
      },
    };
    if (bytes === 0) throw new RangeError("it is empty");
    const metadata = await parquetMetadataAsync(file);
    const names = columnsOf(metadata);
    const columns = wanted.filter((name) => names.includes(name));
    if (columns.length === 0)
      throw new TypeError(`it has none of the columns ${wanted.join(", ")}; it has ${names.join(", ")}`);
    for (const { start, end } of rowGroups(metadata, from.at)) {
      const rows: Row[] = await parquetReadObjects({
        file,
        metadata,
        columns,
        compressors,
        rowStart: start,
        rowEnd: end,
      });
      for (let at = 0; at < rows.length; at += ROWS) {
        const [first, next] = [start + at, start + Math.min(rows.length, at + ROWS)];
        yield { from: { at: first, line: first }, next: { at: next, line: next }, rows: rows.slice(at, at + ROWS) };
      }
    }
  } catch (cause) {
    if (TriviumError.is(cause)) throw cause;
    const remedy =
      cause instanceof TypeError
        ? "name the columns with --text-column, or --source-column and --target-column, or write the file again"
        : "write or copy the file again";
    throw new DataError(
      "data/parquet",
      `${path}: cannot read this Parquet file: ${(cause as Error).message}; ${remedy}`,
      {
        details: { file: path },
        cause,
      },
    );
  } finally {
    await handle.close();
  }
}

const columnsOf = (metadata: FileMetaData): string[] =>
  parquetSchema(metadata).children.map(({ element }) => element.name);

/** The ranges of rows that are stored together, from a row on. Blocks begin at multiples of their rows within a group. */
function* rowGroups({ row_groups }: FileMetaData, from: number): Generator<{ start: number; end: number }> {
  let start = 0;
  for (const { num_rows } of row_groups) {
    const end = start + Number(num_rows);
    if (end > from) yield { start: Math.max(start, from), end };
    start = end;
  }
}
