import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createHuggingFaceTokenizer, type TokenizerDefinition } from "../hugging-face.ts";
import { reservedSpecials } from "../reserved-specials.ts";
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

/**
 * The ids of the sample by a vocabulary that was learned.
 *
 * @throws {Error} if they are not the sample's again.
 */
export function encodedSample(definition: TokenizerDefinition): number[] {
  const tokenizer = createHuggingFaceTokenizer({ definition, special: reservedSpecials() });
  const ids = tokenizer.encode(references.sample);
  const back = tokenizer.decode(ids);
  if (back !== references.sample) throw new Error(`expected ${references.sample} back, got ${back}`);
  return ids;
}
