import { stat } from "node:fs/promises";
import type { PlainText } from "@trivium/features";
import { readLines } from "./read-lines.ts";

/** A piece is long enough that its start, which has no context, hardly counts. */
const LARGEST_PIECE = 4096;
/** Short texts are cut finer, so that something can be held out. */
const FEWEST_PIECES = 32;

/**
 * Streams a `.txt` file as one long text in pieces of whole lines, 4,096 characters or less; one after the other they
 * are the file with LF after each line. A longer line is cut between characters. A short file is cut into smaller
 * pieces, at least about 32 of them.
 *
 * @throws {DataError} `data/file` or `data/binary`.
 */
export async function* readTextPieces(path: string): AsyncGenerator<PlainText, void, void> {
  const bytes = await stat(path).then(
    ({ size }) => size,
    // Opening the file tells better what is wrong with it.
    () => 0,
  );
  const limit = Math.min(LARGEST_PIECE, Math.max(16, Math.ceil(bytes / FEWEST_PIECES)));
  let piece = "";
  for await (const { text } of readLines(path)) {
    const line = `${text}\n`;
    if (piece !== "" && piece.length + line.length > limit) {
      yield { text: piece };
      piece = "";
    }
    piece += line;
    while (piece.length > limit) {
      const end = isPairAt(piece, limit - 1) ? limit - 1 : limit;
      yield { text: piece.slice(0, end) };
      piece = piece.slice(end);
    }
  }
  if (piece !== "") yield { text: piece };
}

/** Returns whether the code unit at this place begins a surrogate pair, which must not be cut. */
const isPairAt = (text: string, at: number): boolean => (text.codePointAt(at) as number) > 0xffff;
