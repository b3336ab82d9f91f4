import { type Line, type LinePart, linePartsOfBlocks, linesOfBlocks, type NamedLines } from "./lines-of-blocks.ts";
import { readBlocks } from "./read-blocks.ts";

/** Where lines come from. */
export interface LineSource extends Omit<NamedLines, "name"> {
  /** Name in messages. Default: the path. */
  readonly name?: string | undefined;
}

/**
 * Streams the lines of UTF-8 text. A line ends with LF or CRLF and with nothing else; a byte order mark before the first
 * line and an end after the last one may stand there or not. Empty lines are lines.
 *
 * @param from - the path of a file, or blocks of bytes such as `process.stdin`.
 * @throws {DataError} `data/file` if the file cannot be read, `data/binary` with the line if it holds a NUL or is not
 *   UTF-8, `data/long-line` if it exceeds `maximumLineLength`.
 * @example for await (const { text, place } of readLines(process.stdin, { name: "standard input" })) console.log(place, text);
 */
export async function* readLines(
  from: string | AsyncIterable<Uint8Array>,
  source: LineSource = {},
): AsyncGenerator<Line, void, void> {
  yield* linesOfBlocks(blocksOf(from), { ...source, name: source.name ?? String(from) });
}

/** Streams lines in parts: a line that does not fit one block of the file comes in several, so that none is held whole. */
export async function* readLineParts(
  from: string | AsyncIterable<Uint8Array>,
  { name = String(from) }: LineSource = {},
): AsyncGenerator<LinePart, void, void> {
  yield* linePartsOfBlocks(blocksOf(from), { name });
}

const blocksOf = (from: string | AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> =>
  typeof from === "string" ? readBlocks(from) : from;
