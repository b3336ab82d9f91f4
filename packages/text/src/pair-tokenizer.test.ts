import { TriviumError } from "@trivium/core";
import { createRegistry } from "@trivium/registry";
import fc from "fast-check";
import { expect, test } from "vitest";
import { bytePlugin, createByteTokenizer } from "./byte.ts";
import { characterPlugin, createCharacterTokenizer } from "./character.ts";
import { createDisjointPair } from "./disjoint-pair.ts";
import { pairTokenizerFromJson } from "./pair-tokenizer-from-json.ts";
import { reservedIds, reservedSpecials } from "./reserved-specials.ts";
import { createSharedPair } from "./shared-pair.ts";
import { createSymbolTokenizer, symbolPlugin } from "./symbol.ts";

const registry = createRegistry([bytePlugin, characterPlugin, symbolPlugin]);
const again = (json: unknown) =>
  pairTokenizerFromJson(JSON.parse(JSON.stringify(json)), (side) => registry.create("tokenizer", side.name, side));

const letters = createCharacterTokenizer({ corpus: ["ABCDEFGH"] });
const phones = createSymbolTokenizer({ corpus: ["A B AA BB"] });
const spelled = fc.array(fc.constantFrom(..."ABCDEFGH"), { minLength: 1 }).map((parts) => parts.join(""));
const spoken = fc.array(fc.constantFrom("A", "B", "AA", "BB"), { minLength: 1 }).map((parts) => parts.join(" "));

test("disjoint: both sides survive the round trip and share no ordinary id", () => {
  const pair = createDisjointPair({ source: letters, target: phones });
  expect(pair.size).toBe(reservedIds + 8 + 4);
  fc.assert(
    fc.property(spelled, spoken, (source, target) => {
      const [sourceIds, targetIds] = [pair.encodeSource(source), pair.encodeTarget(target)];
      expect(pair.decodeSource(sourceIds)).toBe(source);
      expect(pair.decodeTarget(targetIds)).toBe(target);
      expect(Math.max(...sourceIds)).toBeLessThan(Math.min(...targetIds));
      expect(Math.max(...targetIds)).toBeLessThan(pair.size);
    }),
  );
});

test("disjoint: every ordinary id belongs to exactly one side, and the other writes U+FFFD", () => {
  const pair = createDisjointPair({ source: letters, target: phones });
  for (let id = reservedIds; id < pair.size; id++) {
    const sides = [pair.decodeSource([id]), pair.decodeTarget([id])];
    expect(sides.filter((text) => text === "\uFFFD")).toHaveLength(1);
  }
});

test("disjoint: equal special tokens keep their ids and their frame on both sides", () => {
  const pair = createDisjointPair({ source: letters, target: phones });
  const { unknown, named, end, pad } = pair.special;
  expect(pair.special).toEqual(reservedSpecials());
  expect([pair.encodeSource("?"), pair.encodeTarget("?")]).toEqual([[unknown], [unknown]]);
  expect(pair.decodeTarget([named.begin!, ...pair.encodeTarget("AA B"), ...end, pad!])).toBe("AA B");
});

test("shared: the same text has the same ids on both sides", () => {
  const pair = createSharedPair(createByteTokenizer());
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(pair.encodeSource(text)).toEqual(pair.encodeTarget(text));
      expect(pair.decodeTarget(pair.encodeSource(text))).toBe(text);
      expect(pair.decodeSource(pair.encodeTarget(text))).toBe(text);
    }),
  );
});

test.each([
  ["shared bytes", createSharedPair(createByteTokenizer())],
  ["disjoint letters and phones", createDisjointPair({ source: letters, target: phones })],
])("%s come back from JSON by way of the registry", (_, pair) => {
  const restored = again(pair.toJson());
  expect(restored.toJson()).toEqual(pair.toJson());
  expect(restored.size).toBe(pair.size);
  expect([restored.encodeSource("ABBA"), restored.encodeTarget("AA B")]).toEqual([
    pair.encodeSource("ABBA"),
    pair.encodeTarget("AA B"),
  ]);
});

test("JSON that is no pair tokenizer is refused with the field", () => {
  for (const [json, field] of [
    [{ name: "shared" }, "tokenizer"],
    [{ name: "other" }, "name"],
    [null, "name"],
  ]) {
    try {
      pairTokenizerFromJson(json, () => letters);
      expect.unreachable();
    } catch (error) {
      expect(TriviumError.is(error, "text/pair-json")).toBe(true);
      expect((error as Error).message).toContain(field);
    }
  }
});
