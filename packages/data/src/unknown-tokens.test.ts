import {
  createByteTokenizer,
  createCharacterTokenizer,
  createDisjointPair,
  createSharedPair,
  createSymbolTokenizer,
} from "@trivium/text";
import { expect, test } from "vitest";
import { countUnknown, describeUnknown } from "./unknown-tokens.ts";

const letters = createCharacterTokenizer({ alphabet: ["a", "b"] });

test.each([
  [
    "a character",
    [{ text: "ab" }, { text: "aжb" }],
    'warning: 1 of 5 tokens of it (20 %) is unknown to the vocabulary, such as "ж"',
  ],
  [
    "outside the first plane",
    [{ text: "b😀😀" }],
    'warning: 2 of 3 tokens of it (66.7 %) are unknown to the vocabulary, such as "😀"',
  ],
  ["a blank", [{ text: "a b" }], 'warning: 1 of 3 tokens of it (33.3 %) is unknown to the vocabulary, such as " "'],
  [
    "a combining mark",
    [{ source: "a", target: "e\u0301" }],
    'warning: 2 of 3 tokens of it (66.7 %) are unknown to the vocabulary, such as "e"',
  ],
  ["nothing", [{ source: "a", target: "b" }, { text: "" }], undefined],
])("%s that the vocabulary lacks is named with the share", (_, examples, sentence) => {
  expect(describeUnknown("it", examples, createSharedPair(letters))).toBe(sentence);
});

test("of symbols, the symbol is named; of the target's vocabulary, what the target lacks", () => {
  const pair = createDisjointPair({ source: letters, target: createSymbolTokenizer({ alphabet: ["AE", "K"] }) });
  expect(describeUnknown("it", [{ source: "ab", target: "K AE ZH" }], pair)).toMatch(/^warning: 1 of 5 .* "ZH"$/u);
});

test("bytes lack nothing", () => {
  const pair = createSharedPair(createByteTokenizer());
  expect(describeUnknown("it", [{ text: "ж😀\uFFFD\u0000" }], pair)).toBeUndefined();
});

test("a vocabulary without an unknown token has none, and few are not called none", () => {
  expect(countUnknown([{ tokens: [1, 2, 4] }], {})).toEqual({ unknown: 0, tokens: 3 });
  const text = `${"ab".repeat(2000)}ж`;
  expect(describeUnknown("it", [{ text }], createSharedPair(letters))).toContain("(< 0.1 %)");
});
