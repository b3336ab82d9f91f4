import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import zlib from "node:zlib";
import { parquetWriteBuffer } from "hyparquet-writer";

/** Writes files into a folder of their own, compressed as their names say. A list of rows becomes a Parquet file. */
export async function corpusFolder(
  files: Readonly<Record<string, string | readonly Readonly<Record<string, unknown>>[]>>,
): Promise<{ folder: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "trivium-corpus-"));
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), bytesOf(name, content));
  return { folder, remove: () => rm(folder, { recursive: true }) };
}

function bytesOf(name: string, content: string | readonly Readonly<Record<string, unknown>>[]): Uint8Array {
  if (typeof content !== "string") return parquetOf(content);
  if (name.endsWith(".gz")) return zlib.gzipSync(content);
  return name.endsWith(".zst") ? zlib.zstdCompressSync(content) : Buffer.from(content);
}

function parquetOf(rows: readonly Readonly<Record<string, unknown>>[]): Uint8Array {
  const columnData = Object.keys(rows[0] ?? {}).map((name) => ({ name, data: rows.map((row) => row[name]) }));
  return new Uint8Array(parquetWriteBuffer({ columnData, rowGroupSize: 1500 }));
}
