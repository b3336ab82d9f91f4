import { basename } from "node:path";
import { DataError } from "@trivium/core";
import { isTextPair, type TextExample } from "@trivium/features";
import { validateWith } from "@trivium/registry";
import { z } from "zod";
import { createDataset } from "./create-dataset.ts";
import { type Dataset, dataset } from "./dataset.ts";
import { groupReferences } from "./group-references.ts";
import { readExamples } from "./read-examples.ts";
import { type Split, splitByHash } from "./split-by-hash.ts";

const share = z.number().min(0).max(0.9).default(0.05);
const schema = z
  .strictObject({
    path: z.string().min(1),
    /** Share of the sources to hold out for validation and for testing, in [0, 0.9]. */
    validation: share,
    test: share,
  })
  .refine(({ validation, test }) => validation + test < 1, {
    path: ["test"],
    message: "validation and test together must leave something to train on",
  });

/**
 * A dataset from a user's file: `.txt`, `.tsv` or `.jsonl`. Pairs of the same source become one example with several
 * references; each part that is asked for gets at least one source.
 *
 * @throws {DataError} what `readExamples` throws, and `data/too-few` if the file has too few sources to hold any out.
 * @throws {ConfigError} `data/options` naming the field.
 * @example await fileDataset({ path: "words.tsv", validation: 0.1, test: 0.1 })
 */
export async function fileDataset(options: z.input<typeof schema>): Promise<Dataset> {
  const { path, validation, test } = validateWith(schema, options, { code: "data/options", what: "file dataset" });
  const read: TextExample[] = [];
  for await (const example of readExamples(path)) read.push(example);
  return createDataset({
    name: basename(path),
    ...split(groupReferences(read), path, { validation, test }),
    tokenizer: { name: "shared", tokenizer: { name: "byte" } },
  });
}

function split(examples: readonly TextExample[], path: string, shares: { validation: number; test: number }): Split {
  const sources = new Set(examples.map((example) => (isTextPair(example) ? example.source : example.text))).size;
  const count = (part: number) => (part === 0 ? 0 : Math.max(1, Math.round(part * sources)));
  try {
    return splitByHash(examples, { validation: count(shares.validation), test: count(shares.test) });
  } catch (error) {
    if (!DataError.is(error, "data/too-few")) throw error;
    throw new DataError(error.code, `${path}: ${error.message}; add data or hold out nothing`, { cause: error });
  }
}

export const fileDatasetPlugin = dataset("file", fileDataset, {
  description: "Your own .txt, .tsv (source⇥target) or .jsonl file, with a part held out by hash.",
  schema,
});
