import { ConfigError } from "@trivium/core";
import type { TextPair } from "@trivium/features";
import { lineError } from "./line-error.ts";
import type { Line } from "./lines-of-blocks.ts";
import { createQuoteDoubt } from "./quote-doubt.ts";
import type { ReadOptions } from "./read-options.ts";
import type { ReadingLog } from "./reading-log.ts";

/**
 * Streams the pairs of tab-separated lines, one pair a line: `source⇥target`, or two of many columns by number or by name.
 * A file whose columns are chosen by name begins with a line of names. Empty lines are passed over.
 *
 * @param options.path - the name of the file in messages.
 * @throws {DataError} `data/line` for a line without both columns, with several tabs where no columns are chosen, or
 *   with nothing in a column. @throws {ConfigError} `data/column` for a column that the first line does not name.
 */
export async function* pairsOfLines(
  lines: AsyncIterable<Line>,
  options: ReadOptions & { readonly path: string },
  log: ReadingLog,
): AsyncGenerator<TextPair, void, void> {
  const read = createTabReader(options, (fields, columns, line) => doubtHeader(fields, columns, log, line));
  const quotes = createQuoteDoubt();
  for await (const line of lines) {
    log.lines += 1;
    if (line.text === "") {
      log.blank += 1;
      continue;
    }
    const pair = read(line);
    if (pair === undefined) continue;
    quotes.look(pair);
    yield pair;
  }
  log.doubts.push(...quotes.found(options.path));
}

/** Called with the first line where columns are not named. */
type LookAtFirst = (fields: readonly string[], columns: Columns, line: Line) => void;

/**
 * Creates a reader of the lines of one file, in their order. It returns nothing for a line that names the columns.
 *
 * @throws {ConfigError} `data/column` at the first line.
 */
export function createTabReader(
  { sourceColumn, targetColumn }: ReadOptions,
  lookAtFirst?: LookAtFirst,
): (line: Line) => TextPair | undefined {
  const chosen = sourceColumn !== undefined || targetColumn !== undefined;
  const names = { source: sourceColumn ?? 1, target: targetColumn ?? 2 };
  const isNamed = [names.source, names.target].some((name) => columnNumber(name) === undefined);
  let columns: Columns | undefined;
  return (line) => {
    const fields = line.text.split("\t");
    if (columns === undefined) {
      columns = { source: columnAt(names.source, fields, line), target: columnAt(names.target, fields, line), chosen };
      if (isNamed) return undefined;
      lookAtFirst?.(fields, columns, line);
    }
    return pairOf(fields, columns, line);
  };
}

interface Columns {
  readonly source: number;
  readonly target: number;
  readonly chosen: boolean;
}

function pairOf(fields: readonly string[], { source: from, target: to, chosen }: Columns, line: Line): TextPair {
  const source = fields[from];
  const target = fields[to];
  if (fields.length === 1) throw lineError(line, "expected source, tab, target; there is no tab");
  if (!chosen && fields.length > 2) {
    const remedy = "choose two columns with --source-column and --target-column, by number or by name";
    throw lineError(line, `expected source, tab, target; there are ${fields.length - 1} tabs; ${remedy}`);
  }
  if (source === undefined || target === undefined) {
    throw lineError(line, `expected columns ${from + 1} and ${to + 1}; there are ${fields.length} columns`);
  }
  if (source.trim() === "") throw lineError(line, "the source is empty");
  if (target.trim() === "") throw lineError(line, "the target is empty");
  return { source, target };
}

/** The number of a column that is chosen by number. */
const columnNumber = (column: string | number): number | undefined =>
  /^[1-9]\d*$/.test(String(column)) ? Number(column) : undefined;

function columnAt(column: string | number, header: readonly string[], { place }: Line): number {
  const number = columnNumber(column);
  if (number !== undefined) return number - 1;
  const at = header.indexOf(String(column));
  if (at !== -1 && header.indexOf(String(column), at + 1) === -1) return at;
  const problem = at === -1 ? `there is no column ${JSON.stringify(column)}` : `two columns are named ${column}`;
  const named = header.map((name) => JSON.stringify(name)).join(", ");
  throw new ConfigError("data/column", `${place}: ${problem}; the first line names ${named}`);
}

const usualHeaders = /^(source|src|input|question|text)$/i;

function doubtHeader(fields: readonly string[], { source, target }: Columns, log: ReadingLog, { place }: Line): void {
  const [from = "", to = ""] = [fields[source], fields[target]];
  if (!usualHeaders.test(from) || !/^(target|tgt|output|answer|label)$/i.test(to)) return;
  const remedy = `if it names columns, say --source-column ${from} --target-column ${to}`;
  log.doubts.push(`${place} looks like a line of names and is read as a pair; ${remedy}`);
}
