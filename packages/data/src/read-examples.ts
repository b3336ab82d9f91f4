import { extname } from "node:path";
import { DataError } from "@trivium/core";
import type { TextExample } from "@trivium/features";
import { atLeastOne } from "./at-least-one.ts";
import { readJsonLines } from "./json-lines.ts";
import { readLines } from "./read-lines.ts";
import type { ReadOptions } from "./read-options.ts";
import { createReadingLog, type ReadingLog } from "./reading-log.ts";
import { pairsOfLines } from "./tab-separated.ts";
import { readTextPieces } from "./text-pieces.ts";

type Reader = (path: string, options: ReadOptions, log: ReadingLog) => AsyncGenerator<TextExample, void, void>;

const readers: Readonly<Record<string, Reader>> = {
  ".txt": readTextPieces,
  ".tsv": (path, options, log) => pairsOfLines(readLines(path, options), { ...options, path }, log),
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
  yield* atLeastOne(read(path, options, log), path);
}
