import type { TextExample } from "@trivium/features";
import { readFields, readJsonLine } from "../json-lines.ts";
import type { Line } from "../lines-of-blocks.ts";
import type { ReadOptions } from "../read-options.ts";
import { createTabReader } from "../tab-separated.ts";
import { cutPieces } from "../text-pieces.ts";
import { blockText } from "./block-text.ts";
import { type LineBlock, lineBlocks } from "./line-blocks.ts";
import { checkShard } from "./open-shards.ts";
import type { Row } from "./parquet-blocks.ts";
import { type ExampleBlock, firstPlace, type Place } from "./place.ts";
import type { Shard } from "./shard.ts";
import { shardBytes } from "./shard-bytes.ts";

const MAXIMUM_LINE_LENGTH = 64 * 2 ** 20;

/**
 * Streams the examples of a shard in blocks of about 256 KiB, from a place on, and makes sure before each block that the
 * shard is what it was.
 *
 * @throws {DataError} `data/changed`, `data/file`, `data/compressed`, `data/parquet`, `data/binary`, `data/line` or
 *   `data/long-line`, with file and line.
 */
export async function* exampleBlocks(
  shard: Shard,
  columns: ReadOptions,
  from: Place = firstPlace,
): AsyncGenerator<ExampleBlock, void, void> {
  await checkShard(shard);
  const blocks = shard.format === "parquet" ? rowExamples(shard, columns, from) : lineExamples(shard, columns, from);
  for await (const block of blocks) {
    await checkShard(shard);
    yield block;
  }
}

async function* lineExamples(shard: Shard, columns: ReadOptions, from: Place): AsyncGenerator<ExampleBlock> {
  const { path: name, format } = shard;
  const longest = format === "text" ? "cut" : (columns.maximumLineLength ?? MAXIMUM_LINE_LENGTH);
  const read = format === "text" ? undefined : await lineReader(shard, columns, from);
  for await (const block of lineBlocks(shardBytes(shard, from.at), { name, from, longest })) {
    const text = blockText(block, name);
    yield read === undefined ? pieces(block, text) : { ...placesOf(block), ...readLines({ block, text, name }, read) };
  }
}

const placesOf = ({ from, next }: LineBlock): Pick<ExampleBlock, "from" | "next"> => ({ from, next });

/** Text has no lines of its own: its pieces are as long as a model's context wants them. */
function pieces(block: LineBlock, text: string): ExampleBlock {
  const examples = cutPieces(text);
  return { ...placesOf(block), examples, lines: examples.map(() => block.from.line + 1) };
}

/** Reads an example from a line; undefined for a line of names. */
type ReadLine = (line: Line) => TextExample | undefined;

async function lineReader(shard: Shard, columns: ReadOptions, from: Place): Promise<ReadLine> {
  if (shard.format === "json-lines") {
    return (line) => readJsonLine(line, columns).example;
  }
  const read = createTabReader(columns);
  // Columns are named in the first line of a file, wherever reading goes on.
  if (from.at > 0) read(await firstLine(shard));
  return read;
}

async function firstLine(shard: Shard): Promise<Line> {
  const { path: name } = shard;
  for await (const block of lineBlocks(shardBytes(shard, 0), { name, from: firstPlace, longest: MAXIMUM_LINE_LENGTH }))
    return { text: withoutReturn(blockText(block, name).split("\n", 1)[0] as string), place: `${name}:1` };
  return { text: "", place: `${name}:1` };
}

interface BlockText {
  readonly block: LineBlock;
  readonly text: string;
  readonly name: string;
}

function readLines({ block, text, name }: BlockText, read: ReadLine): Pick<ExampleBlock, "examples" | "lines"> {
  const examples: TextExample[] = [];
  const lines: number[] = [];
  let number = block.from.line;
  for (const whole of text.split("\n")) {
    number += 1;
    const line = withoutReturn(whole);
    if (line === "") continue;
    const example = read({ text: line, place: `${name}:${number}` });
    if (example === undefined) continue;
    examples.push(example);
    lines.push(number);
  }
  return { examples, lines };
}

const withoutReturn = (line: string): string => (line.endsWith("\r") ? line.slice(0, -1) : line);

async function* rowExamples(shard: Shard, columns: ReadOptions, from: Place): AsyncGenerator<ExampleBlock> {
  const { textColumn = "text", sourceColumn = "source", targetColumn = "target" } = columns;
  const wanted =
    columns.textColumn === undefined ? [sourceColumn, targetColumn, "references", textColumn] : [textColumn];
  const { parquetBlocks } = await import("./parquet-blocks.ts");
  for await (const { from: first, next, rows } of parquetBlocks(shard, wanted.map(String), from)) {
    const examples = rows.map((row, at) => {
      const fields = new Map(Object.entries(row).filter(([, value]) => value !== null && value !== undefined));
      return readFields(fields, rowLine(row, `${shard.path}:${first.line + at + 1}`), columns).example;
    });
    yield { from: first, next, examples, lines: examples.map((_, at) => first.line + at + 1) };
  }
}

/** A row as messages show it. */
const rowLine = (row: Row, place: string): Line => ({
  place,
  get text() {
    return JSON.stringify(row, (_, value: unknown) => (typeof value === "bigint" ? Number(value) : value));
  },
});
