import { stat } from "node:fs/promises";
import type { PlainText } from "@trivium/features";
import { readLineParts } from "./read-lines.ts";
import type { ReadOptions } from "./read-options.ts";
import type { ReadingLog } from "./reading-log.ts";
import { createTableDoubt } from "./table-doubt.ts";

/** A piece is long enough that its start, which has no context, hardly counts. */
const LARGEST_PIECE = 4096;
/** Short texts are cut finer, so that something can be held out. */
const FEWEST_PIECES = 32;

/**
 * Streams a `.txt` file as one long text in pieces of whole lines, 4,096 characters or less; one after the other they
 * are the file with LF after each line. A longer line is cut between characters, and never held whole. A short file is
 * cut into smaller pieces, at least about 32 of them. Each goes on: a stream of text has no end to predict.
 *
 * @throws {DataError} `data/file` or `data/binary`.
 */
export async function* readTextPieces(
  path: string,
  _options: ReadOptions,
  log: ReadingLog,
): AsyncGenerator<PlainText, void, void> {
  const limit = await limitOf(path);
  const doubt = createTableDoubt();
  let piece = "";
  let line = "";
  // Whether a part of the line is in the piece already.
  let isContinued = false;
  for await (const { text, isEnd } of readLineParts(path)) {
    line += isEnd ? `${text}\n` : text;
    if (!isEnd && line.length <= limit) continue;
    if (isEnd) log.lines += 1;
    if (!isContinued) doubt.look(line);
    if (!isContinued && piece !== "" && piece.length + line.length > limit) {
      yield { text: piece, continues: true };
      piece = "";
    }
    piece += line;
    line = "";
    isContinued = !isEnd;
    while (piece.length > limit) {
      const end = isPairAt(piece, limit - 1) ? limit - 1 : limit;
      yield { text: piece.slice(0, end), continues: true };
      piece = piece.slice(end);
    }
  }
  if (piece !== "") yield { text: piece, continues: true };
  log.doubts.push(...doubt.found(path));
}

/**
 * Cuts a text into pieces of whole lines, 4,096 characters or less, each of which goes on. A longer line is cut between
 * characters.
 *
 * @example cutPieces("one\\ntwo\\n") // => [{ text: "one\\ntwo\\n", continues: true }]
 */
export function cutPieces(whole: string): PlainText[] {
  const text = whole.includes("\r") ? whole.replaceAll("\r\n", "\n") : whole;
  const found: PlainText[] = [];
  for (let start = 0, end = 0; start < text.length; start = end) {
    end = Math.min(text.length, start + LARGEST_PIECE);
    if (end < text.length) {
      const line = text.lastIndexOf("\n", end - 1) + 1;
      if (line > start) end = line;
      else if (isPairAt(text, end - 1)) end -= 1;
    }
    found.push({ text: text.slice(start, end), continues: true });
  }
  return found;
}

async function limitOf(path: string): Promise<number> {
  const found = await stat(path).then(
    (stats) => stats,
    // Opening the file tells better what is wrong with it.
    () => undefined,
  );
  if (!found?.isFile()) return LARGEST_PIECE;
  return Math.min(LARGEST_PIECE, Math.max(16, Math.ceil(found.size / FEWEST_PIECES)));
}

/** Returns whether the code unit at this place begins a surrogate pair, which must not be cut. */
const isPairAt = (text: string, at: number): boolean => (text.codePointAt(at) as number) > 0xffff;
