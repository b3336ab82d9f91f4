import { createHash } from "node:crypto";
import { type FileHandle, mkdir, open, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { CheckpointError } from "@trivium/core";
import { systemCode } from "./file-errors.ts";
import type { ByteRange } from "./files.ts";
import type { Fingerprint } from "./manifest.ts";

/** A read or write call moves at most this much: the system's own limit is 2 GiB. */
const CHUNK_BYTES = 64 * 1024 * 1024;

/** Writes a new file and waits until it is on the disk. */
export async function writeDurably(path: string, chunks: readonly Uint8Array[]): Promise<Fingerprint> {
  const handle = await open(path, "wx");
  try {
    const hash = createHash("sha256");
    let bytes = 0;
    for (const chunk of chunks.flatMap(pieces)) {
      hash.update(chunk);
      await writeWhole(handle, chunk);
      bytes += chunk.byteLength;
    }
    await handle.sync();
    return { bytes, sha256: hash.digest("hex") };
  } finally {
    await handle.close();
  }
}

/** Replaces a small file at once: whoever reads it sees the old content or the new, also after a crash. */
export async function replaceDurably(path: string, temporary: string, content: string): Promise<void> {
  await rm(temporary, { force: true });
  await writeDurably(temporary, [new TextEncoder().encode(content)]);
  await rename(temporary, path);
}

/**
 * Makes a folder and those above it, unless they exist, and waits until their names are on the disk. Node's own
 * `recursive` reports a read-only disk as ENOENT.
 *
 * @throws what the file system reports, and `EEXIST` if a file stands there.
 * @example await makeFolder("reports/a");
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    if (systemCode(error) === "EEXIST" && (await stat(path)).isDirectory()) return;
    if (systemCode(error) !== "ENOENT" || dirname(path) === path) throw error;
    await makeFolder(dirname(path));
    await mkdir(path);
  }
  await syncFolder(dirname(path));
}

/** Makes the names in a folder durable: without it a renamed file may be back under its old name after a power cut. */
export async function syncFolder(path: string): Promise<void> {
  // Windows has no way to open a folder for this.
  if (process.platform === "win32") return;
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Reads a file, or a part of it in bytes. What lies beyond its end is left out.
 *
 * @throws {CheckpointError} `checkpoint/not-a-file` for anything but a regular file, which is never opened: a pipe would
 *   wait for a writer.
 */
export async function readPieces(path: string, range?: ByteRange): Promise<Uint8Array> {
  if (!(await stat(path)).isFile()) {
    const message = `${path} is a folder, a pipe or a device, not a file; remove it or choose another folder`;
    throw new CheckpointError("checkpoint/not-a-file", message, { details: { path } });
  }
  const handle = await open(path, "r");
  try {
    const { start, end } = range ?? { start: 0, end: (await handle.stat()).size };
    const content = new Uint8Array(end - start);
    let bytes = 0;
    while (bytes < content.length) {
      const piece = Math.min(CHUNK_BYTES, content.length - bytes);
      const { bytesRead } = await handle.read(content, bytes, piece, start + bytes);
      if (bytesRead === 0) break;
      bytes += bytesRead;
    }
    return content.subarray(0, bytes);
  } finally {
    await handle.close();
  }
}

function pieces(chunk: Uint8Array): Uint8Array[] {
  const count = Math.ceil(chunk.byteLength / CHUNK_BYTES);
  return Array.from({ length: count }, (_, place) => chunk.subarray(place * CHUNK_BYTES, (place + 1) * CHUNK_BYTES));
}

/** A full disk may take a part of what it is given before it refuses, so one call is not enough. */
async function writeWhole(handle: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let written = 0; written < chunk.byteLength; ) {
    written += (await handle.write(chunk, written)).bytesWritten;
  }
}
