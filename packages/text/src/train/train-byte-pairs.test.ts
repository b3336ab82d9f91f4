import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createHuggingFaceTokenizer, type TokenizerDefinition } from "../hugging-face.ts";
import { reservedSpecials } from "../reserved-specials.ts";
import { trainBytePairs } from "./train-byte-pairs.ts";
import { createWordCounter } from "./word-counts.ts";

interface Reference {
  readonly size: number;
  readonly least: number;
  readonly definition: TokenizerDefinition;
  readonly ids: readonly number[];
}

const fixtures = join(import.meta.dirname, "../../fixtures");
const { sample, bytePairs } = JSON.parse(readFileSync(join(fixtures, "vocabularies.json"), "utf8")) as {
  readonly sample: string;
  readonly bytePairs: readonly Reference[];
};
const counter = createWordCounter();
for (const text of readFileSync(join(fixtures, "words.txt"), "utf8").split("\n\n")) counter.add(text);

test.each(bytePairs)("$size byte pairs are those of Hugging Face's trainer", ({ size, least, definition, ids }) => {
  const learned = trainBytePairs(counter.counts(), { size, least });
  expect(learned).toEqual(definition);
  const tokenizer = createHuggingFaceTokenizer({ definition: learned, special: reservedSpecials() });
  expect(tokenizer.encode(sample)).toEqual(ids);
  expect(tokenizer.decode(ids)).toBe(sample);
});

test("a corpus with few words has a vocabulary of few", () => {
  const few = createWordCounter();
  few.add("aa aa b");
  const { model } = trainBytePairs(few.counts(), { size: 1000 });
  expect(model).toMatchObject({
    merges: [
      ["a", "a"],
      ["Ġ", "b"],
      ["Ġ", "aa"],
    ],
  });
});

test("no room for bytes is refused", () => {
  expect(() => trainBytePairs(counter.counts(), { size: 260 })).toThrow(
    "at least 261 ids, for 5 special tokens and 256 bytes, got 260",
  );
});
