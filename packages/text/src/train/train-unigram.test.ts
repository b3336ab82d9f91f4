import { expect, test } from "vitest";
import { createHuggingFaceTokenizer, type TokenizerDefinition } from "../hugging-face.ts";
import { reservedSpecials } from "../reserved-specials.ts";
import { encodedSample, referenceCounts, references } from "../testing/reference-vocabularies.ts";
import { byteLetters } from "../word-encoder.ts";
import { trainUnigram } from "./train-unigram.ts";
import { createWordCounter } from "./word-counts.ts";

const { unigrams } = references;

const piecesOf = ({ model }: TokenizerDefinition) => model.vocab as [string, number][];

test.each(unigrams)(
  "a vocabulary of $size pieces is that of Hugging Face's trainer",
  ({ size, definition, tokens }) => {
    const learned = trainUnigram(referenceCounts, { size });
    const { vocab, ...model } = learned.model;
    const { vocab: expected, ...others } = definition.model;
    expect({ ...learned, model }).toEqual({ ...definition, model: others });
    const [own, theirs] = [new Map(piecesOf(learned)), new Map(piecesOf(definition))];
    expect([...own.keys()].sort()).toEqual([...theirs.keys()].sort());
    // Bytes that are no piece get their scores in another order there each time.
    for (const [text, score] of own)
      if (text.length > 1) expect(score, text).toBeCloseTo(theirs.get(text) as number, 6);
    const sorted = (pieces: ReadonlyMap<string, number>) => [...pieces.values()].sort((a, b) => a - b);
    const scores = sorted(theirs);
    for (const [at, score] of sorted(own).entries()) expect(score).toBeCloseTo(scores[at] as number, 6);
    const ids = encodedSample(learned);
    expect(ids.map((id) => piecesOf(learned)[id]?.[0])).toEqual(tokens);
  },
);

test("a corpus with few words has a vocabulary of few, and every byte", () => {
  const few = createWordCounter();
  few.add("aa aa b");
  const learned = trainUnigram(few.counts(), { size: 1000 });
  expect(piecesOf(learned).length).toBeLessThan(280);
  expect(piecesOf(learned).map(([text]) => text)).toEqual(expect.arrayContaining([...byteLetters]));
  const tokenizer = createHuggingFaceTokenizer({ definition: learned, special: reservedSpecials() });
  expect(tokenizer.decode(tokenizer.encode("née 東京"))).toBe("née 東京");
});

test("no room for bytes and no words are refused", () => {
  expect(() => trainUnigram(referenceCounts, { size: 260 })).toThrow(
    "at least 261 ids, for 5 special tokens and 256 bytes, got 260",
  );
  expect(() => trainUnigram(new Map(), { size: 1000 })).toThrow("is learned from words, got none");
});
