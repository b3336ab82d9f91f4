import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { DataError } from "@trivium/core";
import { isTextPair, type TextExample } from "@trivium/features";
import { validateWith } from "@trivium/registry";
import { z } from "zod";
import { createDataset } from "./create-dataset.ts";
import { type Dataset, dataset } from "./dataset.ts";
import { groupReferences, referencesOf } from "./group-references.ts";
import { type ReadOptions, readLogged } from "./read-examples.ts";
import type { Reading } from "./reading.ts";
import { createReadingLog, type ReadingLog } from "./reading-log.ts";
import { type Split, splitByHash } from "./split-by-hash.ts";

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
  const { path, validation, test, repeated } = chosen;
  const read: TextExample[] = [];
  const log = createReadingLog();
  for await (const example of readLogged(path, chosen, log)) read.push(chosen.ends ? example : goingOn(example));
  const grouped = groupReferences(read);
  const counts = heldOutCounts(grouped, { validation, test });
  const parts = split(grouped, path, counts);
  const train = repeated === "all" ? split(read.flatMap(singly), path, counts).train : parts.train;
  return {
    ...createDataset({
      name: basename(path),
      ...parts,
      train,
      tokenizer: { name: "shared", tokenizer: { name: "byte" } },
    }),
    reading: readingOf(grouped, log, { repeated: read.length - grouped.length, training: repeated }),
    locate: (example) => locate(example, path, chosen),
  };
}

const goingOn = (example: TextExample): TextExample =>
  isTextPair(example) ? example : { text: example.text, continues: true };

/** A pair for each of its references. */
const singly = (example: TextExample): TextExample[] =>
  isTextPair(example) ? referencesOf(example).map((target) => ({ source: example.source, target })) : [example];

const readingOf = (
  examples: readonly TextExample[],
  { lines, blank, ignored, doubts }: ReadingLog,
  repetition: Pick<Reading, "repeated" | "training">,
): Reading => ({
  ...repetition,
  lines,
  blank,
  references: examples.reduce((sum, example) => sum + (isTextPair(example) ? (example.references?.length ?? 1) : 0), 0),
  ignored: [...ignored],
  doubts,
});

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

interface Counts {
  readonly validation: number;
  readonly test: number;
}

function heldOutCounts(examples: readonly TextExample[], shares: Counts): Counts {
  const sources = new Set(examples.map((example) => (isTextPair(example) ? example.source : example.text))).size;
  const count = (part: number) => (part === 0 ? 0 : Math.max(1, Math.round(part * sources)));
  return { validation: count(shares.validation), test: count(shares.test) };
}

function split(examples: readonly TextExample[], path: string, counts: Counts): Split {
  try {
    return splitByHash(examples, counts);
  } catch (error) {
    if (!DataError.is(error, "data/too-few")) throw error;
    throw new DataError(error.code, `${path}: ${error.message}; add data or hold out nothing: --held-out 0`, {
      cause: error,
    });
  }
}

export const fileDatasetPlugin = dataset("file", fileDataset, {
  description: "Your own .txt, .tsv (source⇥target) or .jsonl file, with a part held out by hash.",
  schema,
});
