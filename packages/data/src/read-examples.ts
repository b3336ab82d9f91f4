import { extname } from "node:path";
import { DataError } from "@trivium/core";
import type { TextExample } from "@trivium/features";
import { readJsonLines } from "./json-lines.ts";
import { createReadingLog, type ReadingLog } from "./reading-log.ts";
import { readTabSeparated } from "./tab-separated.ts";
import { readTextPieces } from "./text-pieces.ts";

/** The parts of a data file to read. */
export interface ReadOptions {
  /** Column of the source, counted from 1 or by its name in the first line; of a `.jsonl` file, the field. Default: the first, or `"source"`. */
  readonly sourceColumn?: string | number | undefined;
  /** Column of the target, as `sourceColumn`. Default: the second, or `"target"`. */
  readonly targetColumn?: string | number | undefined;
  /** Field of a text of a `.jsonl` file. Default: `"text"`, where there is no pair. */
  readonly textColumn?: string | undefined;
  /** The most UTF-16 code units of a line of a `.tsv` or `.jsonl` file. Default: 67,108,864. */
  readonly maximumLineLength?: number | undefined;
}

type Reader = (path: string, options: ReadOptions, log: ReadingLog) => AsyncGenerator<TextExample, void, void>;

const readers: Readonly<Record<string, Reader>> = {
  ".txt": readTextPieces,
  ".tsv": readTabSeparated,
  ".jsonl": readJsonLines,
};

/** The name endings of files that {@link readExamples} reads. */
export const DATA_FILE_EXTENSIONS: readonly string[] = Object.keys(readers);

/**
 * Streams the examples of a data file, by the ending of its name: `.txt` is one long text in pieces, `.tsv` is
 * `source⇥target`, `.jsonl` is `{"source", "target", "references"}` or `{"text"}`.
 *
 * @throws {DataError} `data/extension` for another ending, `data/file` if it cannot be read, `data/binary` if it is no
 *   text, `data/line`, `data/long-line` or `data/mixed` with file and line, `data/empty` if it has no example.
 * @throws {ConfigError} `data/column` for a column that the file does not name.
 * @example for await (const example of readExamples("words.tsv")) console.log(example);
 */
export async function* readExamples(path: string, options: ReadOptions = {}): AsyncGenerator<TextExample, void, void> {
  yield* readLogged(path, options, createReadingLog());
}

/** Streams examples as {@link readExamples} does, and notes in `log` what is read. */
export async function* readLogged(
  path: string,
  options: ReadOptions,
  log: ReadingLog,
): AsyncGenerator<TextExample, void, void> {
  const read = readers[extname(path).toLowerCase()];
  if (read === undefined) {
    const known = DATA_FILE_EXTENSIONS.join(", ");
    throw new DataError("data/extension", `${path}: a data file is one of ${known}; rename or convert it`, {
      details: { file: path },
    });
  }
  let isEmpty = true;
  for await (const example of read(path, options, log)) {
    if (isEmpty && "text" in example && example.text.trim() === "") continue;
    isEmpty = false;
    yield example;
  }
  if (isEmpty) throw new DataError("data/empty", `${path} is empty: it has no example`, { details: { file: path } });
}
