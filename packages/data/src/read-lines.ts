import { createReadStream } from "node:fs";
import { DataError } from "@trivium/core";

/** A line of a text file, without its end. */
export interface Line {
  readonly text: string;
  /** Place of the line in messages: `words.tsv:12`. */
  readonly place: string;
}

const NEWLINE = 10;
const BYTE_ORDER_MARK = "\uFEFF";

/**
 * Streams the lines of a UTF-8 file: LF or CRLF, with or without a byte order mark or an end after the last line.
 *
 * @throws {DataError} `data/file` if it cannot be read, `data/binary` with the line if it holds a NUL or is not UTF-8.
 */
export async function* readLines(path: string): AsyncGenerator<Line, void, void> {
  let number = 0;
  let rest: Buffer[] = [];
  const finish = (end: Buffer): Line => {
    number += 1;
    const line = decodeLine(Buffer.concat([...rest, end]), `${path}:${number}`, number === 1);
    rest = [];
    return line;
  };
  for await (const chunk of chunksOf(path)) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      yield finish(chunk.subarray(start, end));
      start = end + 1;
    }
    if (start < chunk.length) rest.push(chunk.subarray(start));
  }
  if (rest.length > 0) yield finish(Buffer.alloc(0));
}

async function* chunksOf(path: string): AsyncGenerator<Buffer, void, void> {
  try {
    yield* createReadStream(path) as AsyncIterable<Buffer>;
  } catch (cause) {
    const { code } = cause as { code?: string };
    if (code === undefined) throw cause;
    const reasons: Record<string, string> = {
      ENOENT: "there is no such file",
      EISDIR: "it is a folder, not a file",
      EACCES: "permission denied",
    };
    const reason = reasons[code] ?? (cause as Error).message;
    throw new DataError("data/file", `cannot read ${path}: ${reason}`, {
      details: { file: path, system: code },
      cause,
    });
  }
}

// Without ignoreBOM a mark in the middle of a file would vanish at the start of a line.
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function decodeLine(bytes: Buffer, place: string, isFirst: boolean): Line {
  if (bytes.includes(0)) throw notText(place, "it holds a NUL byte");
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch (cause) {
    throw notText(place, "it is not UTF-8", cause);
  }
  if (isFirst && text.startsWith(BYTE_ORDER_MARK)) text = text.slice(1);
  return { text: text.endsWith("\r") ? text.slice(0, -1) : text, place };
}

const notText = (place: string, why: string, cause?: unknown): DataError =>
  new DataError("data/binary", `${place}: not a text file: ${why}; convert it to UTF-8`, { details: { place }, cause });
