import type { TextExample } from "@trivium/features";
import { atLeastOne } from "./at-least-one.ts";
import type { Dataset } from "./dataset.ts";
import { datasetOfExamples } from "./dataset-of-examples.ts";
import { linesOfBlocks } from "./lines-of-blocks.ts";
import type { ReadOptions } from "./read-options.ts";
import { createReadingLog } from "./reading-log.ts";
import { pairsOfLines } from "./tab-separated.ts";

/** What pairs are read with, and what is held out. */
export interface PairsDatasetOptions extends Pick<ReadOptions, "sourceColumn" | "targetColumn"> {
  /** Name in messages. Default `"pairs.tsv"`. */
  readonly name?: string | undefined;
  /** Shares of the sources to hold out, in [0, 0.9]. Default 0.05. */
  readonly validation?: number | undefined;
  readonly test?: number | undefined;
  /** The targets of a repeated source to train on. Default `"first"`. */
  readonly repeated?: "first" | "all" | undefined;
}

/**
 * A dataset from tab-separated text that is at hand, such as what a page was given: the parts and the messages of
 * `fileDataset` for a file with the same bytes.
 *
 * @param content - the text, or its UTF-8 bytes.
 * @throws {DataError} `data/line` with the line, `data/binary`, `data/empty`, `data/too-few`.
 * @throws {ConfigError} `data/column` for a column that the first line does not name.
 * @example (await pairsDataset("one\teins\ntwo\tzwei\nthree\tdrei\n", { validation: 0.3, test: 0 })).train.length // => 2
 */
export async function pairsDataset(content: string | Uint8Array, options: PairsDatasetOptions = {}): Promise<Dataset> {
  const { name = "pairs.tsv", validation = 0.05, test = 0.05, repeated = "first" } = options;
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  const log = createReadingLog();
  const lines = linesOfBlocks(oneBlock(bytes), { name });
  const read: TextExample[] = [];
  for await (const example of atLeastOne(pairsOfLines(lines, { ...options, path: name }, log), name))
    read.push(example);
  return datasetOfExamples(read, log, { path: name, name, validation, test, repeated });
}

async function* oneBlock(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, void> {
  if (bytes.length > 0) yield bytes;
}
