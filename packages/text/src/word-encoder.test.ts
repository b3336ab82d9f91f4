import { Tokenizer as Library } from "@huggingface/tokenizers";
import fc from "fast-check";
import { expect, test } from "vitest";
import { byteLetters, createWordEncoder } from "./word-encoder.ts";

const merges = ["a b", "Ġ a", "Ġa b", "c c"];
const ofBytes = Object.fromEntries(
  [...byteLetters, ...merges.map((merge) => merge.replace(" ", ""))].map((token, id) => [token, id]),
);
const bpe = { type: "BPE", vocab: ofBytes, merges };
const letters = Object.fromEntries(["[UNK]", "▁", "a", "b", "▁a", "ab", "<", ">"].map((token, id) => [token, id]));
const split = { type: "Split", pattern: { Regex: "\\p{L}+|\\s|[^\\s\\p{L}]+" }, behavior: "Isolated", invert: false };

const definitions = {
  "GPT-2's": { model: bpe, pre_tokenizer: { type: "ByteLevel", add_prefix_space: false, use_regex: true } },
  "GPT-2's with a leading space": { model: bpe, pre_tokenizer: { type: "ByteLevel", add_prefix_space: true } },
  "a split before bytes": {
    model: bpe,
    pre_tokenizer: {
      type: "Sequence",
      pretokenizers: [split, { type: "ByteLevel", add_prefix_space: false, use_regex: false }],
    },
  },
  "a form of characters": {
    model: bpe,
    normalizer: { type: "NFC" },
    pre_tokenizer: { type: "ByteLevel", add_prefix_space: false },
  },
  "spaces as letters": {
    model: { type: "Unigram", unk_id: 0, vocab: Object.keys(letters).map((token, at) => [token, -at]) },
    pre_tokenizer: { type: "Metaspace", replacement: "▁", prepend_scheme: "always", split: true },
  },
  "added tokens": {
    model: bpe,
    added_tokens: [
      { id: 300, content: "<x>", special: false, single_word: false, lstrip: false, rstrip: false, normalized: false },
    ],
    pre_tokenizer: { type: "ByteLevel", add_prefix_space: false },
  },
} as const;

const text = fc.string({ unit: fc.constantFrom(..."ab cc  \n'sé1<x>▁ж🙂e\u0301"), maxLength: 40 });

test.each(Object.entries(definitions))("words give the ids of the library: %s", (_, definition) => {
  const whole = {
    normalizer: null,
    decoder: null,
    post_processor: null,
    added_tokens: [] as readonly never[],
    ...definition,
  };
  const library = new Library(whole, {});
  const encode = createWordEncoder(library, whole)!;
  let known = 0;
  fc.assert(
    fc.property(text, (given) => {
      for (const ids of [encode(given), encode(given)]) {
        if (ids === undefined) continue;
        known += 1;
        expect(ids).toEqual(given === "" ? [] : library.encode(given, { add_special_tokens: false }).ids);
      }
    }),
    { numRuns: 200 },
  );
  expect(known).toBeGreaterThan(20);
});

test("a text that is not cut into words has no words to keep", () => {
  const definition = {
    model: bpe,
    normalizer: null,
    pre_tokenizer: null,
    decoder: null,
    post_processor: null,
    added_tokens: [],
  };
  expect(createWordEncoder(new Library(definition, {}), definition)).toBeUndefined();
});
