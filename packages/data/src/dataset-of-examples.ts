import { DataError } from "@trivium/core";
import { isTextPair, type TextExample } from "@trivium/features";
import { createDataset } from "./create-dataset.ts";
import type { Dataset, Reading } from "./dataset.ts";
import { groupReferences, referencesOf } from "./group-references.ts";
import type { ReadingLog } from "./reading-log.ts";
import { type Split, splitByHash } from "./split-by-hash.ts";

/** What becomes of the examples that were read. */
export interface DivideOptions {
  /** Name of the file in messages. */
  readonly path: string;
  /** Name of the dataset. */
  readonly name: string;
  /** Share of the sources to hold out for validation and for testing. */
  readonly validation: number;
  readonly test: number;
  /** The targets of a repeated source to train on. */
  readonly repeated: "first" | "all";
}

/**
 * A dataset of examples that were read from a file: pairs of one source are joined, and parts are held out by hash.
 *
 * @throws {DataError} `data/too-few` if there are too few sources to hold any out.
 */
export function datasetOfExamples(read: readonly TextExample[], log: ReadingLog, options: DivideOptions): Dataset {
  const { path, name, validation, test, repeated } = options;
  const grouped = groupReferences(read);
  const counts = heldOutCounts(grouped, { validation, test });
  const parts = split(grouped, path, counts);
  const train = repeated === "all" ? split(read.flatMap(singly), path, counts).train : parts.train;
  return {
    ...createDataset({ name, ...parts, train, tokenizer: { name: "shared", tokenizer: { name: "byte" } } }),
    reading: readingOf(grouped, log, { repeated: read.length - grouped.length, training: repeated }),
  };
}

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
