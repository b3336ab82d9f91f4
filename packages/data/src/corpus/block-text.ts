import { DataError } from "@trivium/core";
import type { LineBlock } from "./line-blocks.ts";

const NEWLINE = 10;
const BYTE_ORDER_MARK = "\uFEFF";

/**
 * The text of a block, without a byte order mark at the start of the file.
 *
 * @throws {DataError} `data/binary` with the line, if it holds a NUL or is not UTF-8.
 */
export function blockText({ from, bytes }: LineBlock, name: string): string {
  if (bytes.includes(0)) throw notText(`${name}:${lineOf(bytes, bytes.indexOf(0), from.line)}`, "it holds a NUL byte");
  try {
    const text = decode(bytes);
    return from.at === 0 && text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
  } catch (cause) {
    throw notText(`${name}:${brokenLine(bytes, from.line)}`, "it is not UTF-8", cause);
  }
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const decode = (bytes: Uint8Array): string => decoder.decode(bytes);

const lineOf = (bytes: Buffer, at: number, before: number): number =>
  before + bytes.subarray(0, at).filter((byte) => byte === NEWLINE).length + 1;

/** The first line that is not UTF-8. */
function brokenLine(bytes: Buffer, before: number): number {
  let [start, line] = [0, before + 1];
  for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
    try {
      decode(bytes.subarray(start, end));
    } catch {
      return line;
    }
    [start, line] = [end + 1, line + 1];
  }
  return line;
}

const notText = (place: string, why: string, cause?: unknown): DataError =>
  new DataError("data/binary", `${place}: not a text file: ${why}; convert it to UTF-8`, { details: { place }, cause });
