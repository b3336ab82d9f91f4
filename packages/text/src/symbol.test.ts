import fc from "fast-check";
import { expect, test } from "vitest";
import { reservedSpecials } from "./reserved-specials.ts";
import { createSymbolTokenizer, symbolPlugin } from "./symbol.ts";
import { describeTokenizer } from "./testing.ts";

const unknown = reservedSpecials().unknown as number;

describeTokenizer("symbol", {
  tokenizer: createSymbolTokenizer({ corpus: ["HH AH L OW", "W ER L D"] }),
  fromJson: (json) => symbolPlugin.create(json as never),
  lossless: ["HH AH", "D", "L L L"],
});

const word = fc.string({ unit: "grapheme", minLength: 1 }).filter((text) => !/\s/u.test(text));

test("symbols survive the round trip, with one space between them", () => {
  fc.assert(
    fc.property(fc.array(word, { minLength: 1 }), fc.constantFrom(" ", "\t", "  \n "), (words, blank) => {
      const learned = createSymbolTokenizer({ corpus: [words.join(blank)] });
      expect(learned.encode(words.join(blank))).toHaveLength(words.length);
      expect(learned.decode(learned.encode(blank + words.join(blank)))).toBe(words.join(" "));
    }),
  );
});

test("ids follow the given alphabet, and an unknown symbol keeps its place", () => {
  const phones = createSymbolTokenizer({ alphabet: ["Z", "A"] });
  expect(phones.encode("A Q Z")).toEqual([6, unknown, 5]);
  expect(phones.decode([6, unknown, 5])).toBe("A \uFFFD Z");
});

test("a symbol with a blank in it is refused", () => {
  expect(() => createSymbolTokenizer({ alphabet: ["A B"] })).toThrow('"A B" is not one token');
});
