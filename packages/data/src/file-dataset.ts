import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { isTextPair, type TextExample } from "@trivium/features";
import { validateWith } from "@trivium/registry";
import { z } from "zod";
import { type Dataset, dataset } from "./dataset.ts";
import { datasetOfExamples } from "./dataset-of-examples.ts";
import { referencesOf } from "./group-references.ts";
import { readLogged } from "./read-examples.ts";
import type { ReadOptions } from "./read-options.ts";
import { createReadingLog } from "./reading-log.ts";

const share = z.number().min(0).max(0.9).default(0.05);
const column = z.union([z.int().positive(), z.string().min(1)]).optional();
const schema = z
  .strictObject({
    path: z.string().min(1),
    /** Share of the sources to hold out for validation and for testing, in [0, 0.9]. */
    validation: share,
    test: share,
    sourceColumn: column.describe("Column of the source, by number or by name; of a .jsonl file, its field"),
    targetColumn: column.describe("Column of the target, by number or by name; of a .jsonl file, its field"),
    textColumn: z.string().min(1).optional().describe("Field of a text of a .jsonl file"),
    repeated: z.enum(["first", "all"]).default("first").describe("The targets of a repeated source to train on"),
    ends: z.boolean().default(true).describe("Whether a text of a .jsonl file ends, so that its end is predicted"),
    maximumLineLength: z.int().positive().optional().describe("The most characters of a line"),
  })
  .refine(({ validation, test }) => validation + test < 1, {
    path: ["test"],
    message: "validation and test together must leave something to train on",
  });

/**
 * A dataset from a user's file: `.txt`, `.tsv` or `.jsonl`. Pairs of the same source become one example with several
 * references, unless `repeated: "all"` asks to train on each of them; each part that is asked for gets at least one
 * source. A text of a `.jsonl` file is a document with an end, unless `ends: false` asks for a stream; a `.txt` file is
 * a stream. `reading` says what was read.
 *
 * @throws {DataError} what `readExamples` throws, and `data/too-few` if the file has too few sources to hold any out.
 * @throws {ConfigError} `data/options` naming the field, `data/column`.
 * @example await fileDataset({ path: "words.tsv", validation: 0.1, test: 0.1 })
 */
export async function fileDataset(options: z.input<typeof schema>): Promise<Dataset> {
  const chosen = validateWith(schema, options, { code: "data/options", what: "file dataset" });
  const { path } = chosen;
  const read: TextExample[] = [];
  const log = createReadingLog();
  for await (const example of readLogged(path, chosen, log)) read.push(chosen.ends ? example : goingOn(example));
  return {
    ...datasetOfExamples(read, log, { ...chosen, name: basename(path) }),
    locate: (example) => locate(example, path, chosen),
  };
}

const goingOn = (example: TextExample): TextExample =>
  isTextPair(example) ? example : { text: example.text, continues: true };

/** Reads the file again up to the line of an example: places of all would take more memory than many an example. */
async function locate(example: TextExample, path: string, options: ReadOptions): Promise<string | undefined> {
  if (!isTextPair(example) || !(await stat(path)).isFile()) return undefined;
  const log = createReadingLog();
  for await (const found of readLogged(path, options, log)) {
    if (isTextPair(found) && found.source === example.source && referencesOf(found).includes(example.target)) {
      return `${path}:${log.lines}`;
    }
  }
  return undefined;
}

export const fileDatasetPlugin = dataset("file", fileDataset, {
  description: "Your own .txt, .tsv (source⇥target) or .jsonl file, with a part held out by hash.",
  schema,
});
