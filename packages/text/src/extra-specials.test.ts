import { expect, test } from "vitest";
import { bytePlugin, createByteTokenizer } from "./byte.ts";
import { characterPlugin, createCharacterTokenizer } from "./character.ts";
import { createDisjointPair } from "./disjoint-pair.ts";
import { describeTokenizer } from "./testing.ts";

const special = { mask: true, sentinels: 3, named: ["fim-middle"] };

describeTokenizer("byte with further special tokens", {
  tokenizer: createByteTokenizer({ special }),
  fromJson: (json) => bytePlugin.create(json as never),
  lossless: ["plain", "naïve 😀"],
});
describeTokenizer("character with further special tokens", {
  tokenizer: createCharacterTokenizer({ corpus: ["abc"], special }),
  fromJson: (json) => characterPlugin.create(json as never),
  lossless: ["cab"],
});

test("their ids follow the vocabulary, whose own ids stay", () => {
  const [plain, more] = [createByteTokenizer(), createByteTokenizer({ special })];
  expect(more.size).toBe(plain.size + 5);
  expect(more.special).toEqual({
    ...plain.special,
    mask: 261,
    sentinels: [262, 263, 264],
    named: { ...plain.special.named, "fim-middle": 265 },
  });
  expect(more.encode("abc")).toEqual(plain.encode("abc"));
  expect(createByteTokenizer().toJson()).toEqual({ name: "byte" });
});

test("both sides of a pair share them", () => {
  const side = () => createCharacterTokenizer({ corpus: ["abc"], special });
  const { size, special: joined } = createDisjointPair({ source: side(), target: side() });
  expect(size).toBe(side().size + 3);
  expect([joined.mask, joined.sentinels]).toEqual([side().special.mask, side().special.sentinels]);
});
