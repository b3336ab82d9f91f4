import { DataError } from "@trivium/core";

/** A line of text, without its end. */
export interface Line {
  readonly text: string;
  /** Place of the line in messages: `words.tsv:12`. */
  readonly place: string;
}

/** A whole line, or a stretch of a long line that comes in several. */
export interface LinePart extends Line {
  /** Whether the line ends here. */
  readonly isEnd: boolean;
}

/** Name and limits of what lines come from. */
export interface NamedLines {
  /** Name in messages. */
  readonly name: string;
  /** The most UTF-16 code units of a line. Default: 67,108,864. */
  readonly maximumLineLength?: number | undefined;
}

const MAXIMUM_LINE_LENGTH = 64 * 2 ** 20;
const NEWLINE = 10;
const BYTE_ORDER_MARK = "\uFEFF";

/** Streams the lines of blocks of UTF-8 bytes, as `readLines` does. */
export async function* linesOfBlocks(
  blocks: AsyncIterable<Uint8Array>,
  source: NamedLines,
): AsyncGenerator<Line, void, void> {
  const { maximumLineLength = MAXIMUM_LINE_LENGTH } = source;
  let parts: string[] = [];
  let length = 0;
  for await (const { text, place, isEnd } of linePartsOfBlocks(blocks, source)) {
    length += text.length;
    if (length > maximumLineLength) throw longLine(place, maximumLineLength);
    parts.push(text);
    if (!isEnd) continue;
    yield { text: parts.length === 1 ? text : parts.join(""), place };
    parts = [];
    length = 0;
  }
}

/** Streams lines in parts: a line that does not fit one block comes in several, so that none is held whole. */
export async function* linePartsOfBlocks(
  blocks: AsyncIterable<Uint8Array>,
  { name }: NamedLines,
): AsyncGenerator<LinePart, void, void> {
  const decode = createDecoder();
  let number = 1;
  let isOpen = false;
  for await (const block of blocks) {
    let start = 0;
    for (let end = block.indexOf(NEWLINE); end !== -1; end = block.indexOf(NEWLINE, start)) {
      yield decode(block.subarray(start, end), `${name}:${number}`, "line");
      start = end + 1;
      number += 1;
    }
    isOpen = start < block.length || (start === 0 && isOpen);
    if (start < block.length) yield decode(block.subarray(start), `${name}:${number}`, "open");
  }
  if (isOpen) yield decode(new Uint8Array(0), `${name}:${number}`, "file");
}

/** What follows the bytes: the end of a line, more of the line, or the end of the file. */
type Following = "line" | "open" | "file";

function createDecoder() {
  // Without ignoreBOM a mark in the middle of a file would vanish at the start of a line.
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let isStart = true;
  // A carriage return at the end of a block is part of the line's end only if a newline follows.
  let held = "";
  return (bytes: Uint8Array, place: string, following: Following): LinePart => {
    if (bytes.includes(0)) throw notText(place, "it holds a NUL byte");
    let text = held;
    try {
      text += decoder.decode(bytes, { stream: following === "open" });
    } catch (cause) {
      throw notText(place, "it is not UTF-8", cause);
    }
    const isMarked = isStart && text.startsWith(BYTE_ORDER_MARK);
    isStart &&= text === "" && following === "open";
    if (isMarked) text = text.slice(1);
    held = "";
    if (following === "file" || !text.endsWith("\r")) return { text, place, isEnd: following !== "open" };
    if (following === "open") held = "\r";
    return { text: text.slice(0, -1), place, isEnd: following === "line" };
  };
}

const notText = (place: string, why: string, cause?: unknown): DataError =>
  new DataError("data/binary", `${place}: not a text file: ${why}; convert it to UTF-8`, { details: { place }, cause });

const longLine = (place: string, maximumLineLength: number): DataError =>
  new DataError(
    "data/long-line",
    `${place}: the line has more than ${maximumLineLength.toLocaleString("en")} characters; is its end missing? The option maximumLineLength allows more`,
    { details: { place, maximumLineLength } },
  );
