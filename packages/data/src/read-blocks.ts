import { createReadStream, type Stats } from "node:fs";
import { stat } from "node:fs/promises";
import { DataError } from "@trivium/core";
import { tellReading } from "./on-reading.ts";

/**
 * Streams the bytes of a file or of a named pipe, and tells listeners of `onReading` how far it is.
 *
 * @throws {DataError} `data/file` if it cannot be read, or is a folder, a device or a socket.
 */
export async function* readBlocks(path: string): AsyncGenerator<Buffer, void, void> {
  try {
    const found = await stat(path);
    const kind = kindOf(found);
    if (kind !== undefined) throw cannotRead(path, `it is a ${kind}, not a file`);
    const total = found.isFile() ? found.size : undefined;
    let done = 0;
    tellReading({ path, done, total });
    for await (const block of createReadStream(path) as AsyncIterable<Buffer>) {
      done += block.length;
      tellReading({ path, done, total });
      yield block;
    }
  } catch (cause) {
    const { code } = cause as { code?: string };
    const isOfSystem = code !== undefined && "syscall" in (cause as object);
    throw isOfSystem ? cannotRead(path, reasons[code] ?? (cause as Error).message, cause) : cause;
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  ENOTDIR: "a part of its path is a file, not a folder",
  EISDIR: "it is a folder, not a file",
  EACCES: "permission denied",
  ELOOP: "its symbolic links lead in a circle",
};

function kindOf(found: Stats): string | undefined {
  if (found.isDirectory()) return "folder";
  if (found.isCharacterDevice() || found.isBlockDevice()) return "device";
  return found.isSocket() ? "socket" : undefined;
}

const cannotRead = (path: string, reason: string, cause?: unknown): DataError =>
  new DataError("data/file", `cannot read ${path}: ${reason}`, { details: { file: path }, cause });
