import { expect, test } from "vitest";
import { encodedSample, referenceCounts, references } from "../testing/reference-vocabularies.ts";
import { trainBytePairs } from "./train-byte-pairs.ts";
import { createWordCounter } from "./word-counts.ts";

const { bytePairs } = references;

test.each(bytePairs)("$size byte pairs are those of Hugging Face's trainer", ({ size, least, definition, ids }) => {
  const learned = trainBytePairs(referenceCounts, { size, least });
  expect(learned).toEqual(definition);
  expect(encodedSample(learned)).toEqual(ids);
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
  expect(() => trainBytePairs(referenceCounts, { size: 260 })).toThrow(
    "at least 261 ids, for 5 special tokens and 256 bytes, got 260",
  );
});
