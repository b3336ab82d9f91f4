import { type FileHandle, open } from "node:fs/promises";
import type { Transform } from "node:stream";
import zlib from "node:zlib";
import { DataError, TriviumError } from "@trivium/core";
import { changedShard, type Shard } from "./shard.ts";
import { unzstd, WINDOW_TOO_LARGE } from "./unzstd.ts";

/** Bytes that are read at once. */
const CHUNK = 2 ** 17;
/** Bytes that are decompressed at once: each time another thread is waited for. */
const DECOMPRESSED = 2 ** 19;

/**
 * Streams the bytes of a shard, decompressed, from a place on. What stands before that place is read and dropped where the
 * shard is compressed. Bytes are there until the next ones are asked for.
 *
 * @throws {DataError} `data/file`, `data/changed` if it shrinks, `data/compressed` if its compression is broken or takes more
 *   than 128 MiB of memory.
 */
export async function* shardBytes(shard: Shard, start: number): AsyncGenerator<Buffer, void, void> {
  if (shard.compression === "none") {
    yield* plainBytes(shard, start);
    return;
  }
  let before = start;
  try {
    for await (const chunk of decompressed(shard)) {
      if (before < chunk.length) yield chunk.subarray(before);
      before = Math.max(0, before - chunk.length);
    }
  } catch (cause) {
    throw brokenOr(shard, cause);
  }
}

/** The bytes of a file, all in the same memory. A file that has grown is read as far as it was. */
async function* plainBytes(shard: Shard, start: number): AsyncGenerator<Buffer, void, void> {
  const handle = await opened(shard);
  try {
    const memory = Buffer.allocUnsafe(CHUNK);
    for (let at = start; at < shard.bytes; ) {
      const { bytesRead } = await handle.read(memory, 0, Math.min(CHUNK, shard.bytes - at), at);
      if (bytesRead === 0) throw changedShard(shard, "has shrunk");
      yield memory.subarray(0, bytesRead);
      at += bytesRead;
    }
  } finally {
    await handle.close();
  }
}

const opened = ({ path }: Shard): Promise<FileHandle> =>
  open(path).catch((cause: unknown) => {
    const { code, message } = cause as NodeJS.ErrnoException;
    const reason = code === "ENOENT" ? "it has vanished" : message;
    throw new DataError("data/file", `cannot read ${path}: ${reason}`, { details: { file: path }, cause });
  });

function decompressed(shard: Shard): AsyncIterable<Buffer> {
  if (shard.compression === "gzip")
    return unzipped(shard, { start: 0, unzip: zlib.createGunzip({ chunkSize: DECOMPRESSED }) });
  return zlib.createZstdDecompress === undefined ? unzstd(plainBytes(shard, 0)) : unzstdFrames(shard);
}

/** Decompresses frame after frame: Node ends with the first one, and files that were joined have several. */
async function* unzstdFrames(shard: Shard): AsyncGenerator<Buffer, void, void> {
  for (let start = 0; start < shard.bytes; ) {
    const unzip = zlib.createZstdDecompress({ chunkSize: DECOMPRESSED });
    try {
      yield* unzipped(shard, { start, unzip });
    } catch (cause) {
      // Bytes behind a frame that begin no other one are met again, at the beginning.
      const isBehind = (cause as NodeJS.ErrnoException).code === "ZSTD_error_prefix_unknown" && unzip.bytesWritten > 0;
      if (!isBehind) throw cause;
    }
    if (unzip.bytesWritten === 0) throw new RangeError("it ends in the middle");
    start += unzip.bytesWritten;
  }
}

interface Unzipping {
  readonly start: number;
  readonly unzip: Transform;
}

/**
 * Streams what a decompressor makes of a file. The file is read into the same memory again and again, and the memory of what was
 * taken is given back at once: the garbage collector leaves a hundred megabytes of such memory lying.
 */
async function* unzipped(shard: Shard, { start, unzip }: Unzipping): AsyncGenerator<Buffer, void, void> {
  const handle = await opened(shard);
  feed(handle, { start, unzip }).catch((error: Error) => unzip.destroy(error));
  try {
    for await (const chunk of unzip as AsyncIterable<Buffer<ArrayBuffer>>) {
      yield chunk;
      // The decompressor has left memory that it filled, and what stands before in it was taken earlier.
      if (chunk.byteOffset + chunk.byteLength === DECOMPRESSED) chunk.buffer.transfer(0);
    }
  } finally {
    unzip.destroy();
    await handle.close();
  }
}

async function feed(handle: FileHandle, { start, unzip }: Unzipping): Promise<void> {
  const memory = Buffer.allocUnsafe(CHUNK);
  for (let at = start; ; ) {
    const { bytesRead } = await handle.read(memory, 0, CHUNK, at);
    if (bytesRead === 0) break;
    at += bytesRead;
    const { promise, resolve } = Promise.withResolvers<unknown>();
    unzip.write(memory.subarray(0, bytesRead), resolve);
    // The error reaches the reader of the decompressor.
    if (await promise) return;
  }
  unzip.end();
}

function brokenOr(shard: Shard, cause: unknown): unknown {
  if (TriviumError.is(cause)) return cause;
  const { code, message: problem } = cause as NodeJS.ErrnoException;
  const message =
    code === WINDOW_TOO_LARGE
      ? `${shard.path}: its frames look back over more than 128 MiB, which would have to be in memory; compress it again by zstd without --long, or with --long=27`
      : `${shard.path}: broken ${shard.compression}: ${problem}; copy or compress the file again`;
  return new DataError("data/compressed", message, { details: { file: shard.path }, cause });
}
