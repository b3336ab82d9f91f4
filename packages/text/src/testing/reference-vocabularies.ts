import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { TokenizerDefinition } from "../hugging-face.ts";
import { createWordCounter } from "../train/word-counts.ts";

/** A vocabulary that Hugging Face's trainers learned. */
interface Reference {
  readonly size: number;
  readonly definition: TokenizerDefinition;
}

interface References {
  readonly sample: string;
  /** With the least count of a pair, and the ids of the sample. */
  readonly bytePairs: readonly (Reference & { readonly least: number; readonly ids: readonly number[] })[];
  /** With the tokens of the sample. */
  readonly unigrams: readonly (Reference & { readonly tokens: readonly string[] })[];
}

const fixtures = join(import.meta.dirname, "../../fixtures");

/** What `scripts/reference/make_vocabularies.py` wrote. */
export const references: References = JSON.parse(readFileSync(join(fixtures, "vocabularies.json"), "utf8"));

const counter = createWordCounter();
for (const text of readFileSync(join(fixtures, "words.txt"), "utf8").split("\n\n")) counter.add(text);

/** The words that they were learned from. */
export const referenceCounts = counter.counts();
