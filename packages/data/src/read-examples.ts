import { extname } from "node:path";
import { DataError } from "@trivium/core";
import type { TextExample } from "@trivium/features";
import { readJsonLines } from "./json-lines.ts";
import { readTabSeparated } from "./tab-separated.ts";
import { readTextPieces } from "./text-pieces.ts";

const readers: Readonly<Record<string, (path: string) => AsyncGenerator<TextExample, void, void>>> = {
  ".txt": readTextPieces,
  ".tsv": readTabSeparated,
  ".jsonl": readJsonLines,
};

/** The name endings of files that {@link readExamples} reads. */
export const DATA_FILE_EXTENSIONS: readonly string[] = Object.keys(readers);

/**
 * Streams the examples of a data file, by the ending of its name: `.txt` is one long text in pieces, `.tsv` is
 * `source⇥target`, `.jsonl` is `{"source", "target"}` or `{"text"}`.
 *
 * @throws {DataError} `data/extension` for another ending, `data/file` if it cannot be read, `data/binary` if it is no
 *   text, `data/line` or `data/mixed` with file and line, `data/empty` if it has no example.
 * @example for await (const example of readExamples("words.tsv")) console.log(example);
 */
export async function* readExamples(path: string): AsyncGenerator<TextExample, void, void> {
  const read = readers[extname(path).toLowerCase()];
  if (read === undefined) {
    const known = DATA_FILE_EXTENSIONS.join(", ");
    throw new DataError("data/extension", `${path}: a data file is one of ${known}; rename or convert it`, {
      details: { file: path },
    });
  }
  let isEmpty = true;
  for await (const example of read(path)) {
    if (isEmpty && "text" in example && example.text.trim() === "") continue;
    isEmpty = false;
    yield example;
  }
  if (isEmpty) throw new DataError("data/empty", `${path} is empty: it has no example`, { details: { file: path } });
}
