import { DataError } from "@trivium/core";
import type { Place } from "./place.ts";

/** Whole lines that follow each other. */
export interface LineBlock {
  readonly from: Place;
  readonly next: Place;
  readonly bytes: Buffer;
}

/** The cutting of bytes into blocks. */
export interface LineBlockOptions {
  readonly name: string;
  readonly from: Place;
  /** The most bytes of a line, or `"cut"` for text, whose long lines are cut between characters. */
  readonly longest: number | "cut";
}

/** Bytes of a block, whose last line is whole. */
const BLOCK = 2 ** 18;
const NEWLINE = 10;

/**
 * Cuts bytes into blocks of whole lines: a block ends with the first line that makes it 256 KiB. The cuts follow from the
 * bytes alone, not from how they arrive. The bytes of a block are there until the next one is asked for.
 *
 * @throws {DataError} `data/long-line` for a line that exceeds `longest`.
 */
export async function* lineBlocks(
  bytes: AsyncIterable<Buffer>,
  { name, from, longest }: LineBlockOptions,
): AsyncGenerator<LineBlock, void, void> {
  let place = from;
  const take = (block: Buffer): LineBlock => {
    const next = { at: place.at + block.length, line: place.line + countNewlines(block) };
    const taken = { from: place, next, bytes: block };
    place = next;
    return taken;
  };
  // One store for all blocks: memory that is allocated for each of them is given back late.
  let store = Buffer.allocUnsafe(4 * BLOCK);
  let [start, end] = [0, 0];
  for await (const chunk of bytes) {
    if (end + chunk.length > store.length) {
      const larger =
        end - start + chunk.length > store.length ? Buffer.allocUnsafe(2 * store.length + chunk.length) : store;
      store.copy(larger, 0, start, end);
      [store, start, end] = [larger, 0, end - start];
    }
    end += chunk.copy(store, end);
    for (let size = sizeOf(store.subarray(start, end), longest); size > 0; ) {
      yield take(store.subarray(start, start + size));
      start += size;
      size = sizeOf(store.subarray(start, end), longest);
    }
    if (longest !== "cut" && end - start > BLOCK + longest) throw longLine(`${name}:${place.line + 1}`, longest);
  }
  if (end > start) yield take(store.subarray(start, end));
}

/** The size of the first block; 0 if it has not arrived whole. */
function sizeOf(bytes: Buffer, longest: LineBlockOptions["longest"]): number {
  if (bytes.length < BLOCK) return 0;
  const newline = bytes.indexOf(NEWLINE, BLOCK - 1);
  if (longest !== "cut") return newline + 1;
  if (newline >= 0 && newline < 2 * BLOCK) return newline + 1;
  if (bytes.length < 2 * BLOCK) return 0;
  let end = 2 * BLOCK - 1;
  while (isInside(bytes[end] as number) && end > 2 * BLOCK - 4) end -= 1;
  return end;
}

/** Returns whether a byte of UTF-8 goes on with a character. */
const isInside = (byte: number): boolean => (byte & 0xc0) === 0x80;

function countNewlines(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) count += 1;
  return count;
}

const longLine = (place: string, longest: number): DataError =>
  new DataError(
    "data/long-line",
    `${place}: the line has more than ${longest.toLocaleString("en")} bytes; is its end missing? The option maximumLineLength allows more`,
    { details: { place, maximumLineLength: longest } },
  );
