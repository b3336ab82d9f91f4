import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { pipeline, Readable } from "node:stream";
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
 * shard is compressed.
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
  const handle = await open(shard.path).catch((cause: unknown) => {
    throw unreadable(shard, cause);
  });
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

async function* rawBytes(shard: Shard, start: number): AsyncGenerator<Buffer, void, void> {
  try {
    yield* createReadStream(shard.path, { start, highWaterMark: CHUNK }) as AsyncIterable<Buffer>;
  } catch (cause) {
    throw unreadable(shard, cause);
  }
}

const unreadable = ({ path }: Shard, cause: unknown): DataError => {
  const { code, message } = cause as NodeJS.ErrnoException;
  const reason = code === "ENOENT" ? "it has vanished" : message;
  return new DataError("data/file", `cannot read ${path}: ${reason}`, { details: { file: path }, cause });
};

function decompressed(shard: Shard): AsyncIterable<Buffer> {
  if (shard.compression === "zstd")
    return zlib.createZstdDecompress === undefined ? unzstd(rawBytes(shard, 0)) : unzstdFrames(shard);
  // Its error reaches the reader of the last stream.
  const unzip = zlib.createGunzip({ chunkSize: DECOMPRESSED });
  return pipeline(Readable.from(rawBytes(shard, 0)), unzip, () => undefined) as AsyncIterable<Buffer>;
}

/** Decompresses frame after frame: Node ends with the first one, and files that were joined have several. */
async function* unzstdFrames(shard: Shard): AsyncGenerator<Buffer, void, void> {
  for (let start = 0; start < shard.bytes; ) {
    const unzip = zlib.createZstdDecompress({ chunkSize: DECOMPRESSED });
    try {
      yield* pipeline(Readable.from(rawBytes(shard, start)), unzip, () => undefined) as AsyncIterable<Buffer>;
    } catch (cause) {
      // Bytes behind a frame that begin no other one are met again, at the beginning.
      const isBehind = (cause as NodeJS.ErrnoException).code === "ZSTD_error_prefix_unknown" && unzip.bytesWritten > 0;
      if (!isBehind) throw cause;
    }
    if (unzip.bytesWritten === 0) throw new RangeError("it ends in the middle");
    start += unzip.bytesWritten;
  }
}

function brokenOr(shard: Shard, cause: unknown): unknown {
  if (TriviumError.is(cause)) return cause;
  const { code, message: problem } = cause as NodeJS.ErrnoException;
  const message =
    code === WINDOW_TOO_LARGE
      ? `${shard.path}: its frames look back over more than 128 MiB, which would have to be in memory; compress it again without --long, or with at most --long=27`
      : `${shard.path}: broken ${shard.compression}: ${problem}; copy or compress the file again`;
  return new DataError("data/compressed", message, { details: { file: shard.path }, cause });
}
