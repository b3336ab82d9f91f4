import { describe, expect, test } from "vitest";
import { type SpecialTokens, silentIds } from "./special-tokens.ts";
import type { Tokenizer, TokenizerJson } from "./tokenizer.ts";
import { REPLACEMENT } from "./tokenizer.ts";

export { sentencePieceFile } from "./testing/sentence-piece-file.ts";
export { bartLike, gpt2Like, t5Like } from "./testing/tokenizers.ts";

/** The tokenizer under test, and the texts to test it with. */
export interface TokenizerSuite {
  readonly tokenizer: Tokenizer;
  /** Makes the same tokenizer from the result of `toJson`. */
  readonly fromJson: (json: TokenizerJson) => Tokenizer;
  /** Texts that must survive `encode` and `decode` unchanged. */
  readonly lossless: readonly string[];
}

/**
 * The conformance suite of the `tokenizer` kind.
 *
 * @example describeTokenizer("byte", { tokenizer: createByteTokenizer(), fromJson: createByteTokenizer, lossless: ["é"] });
 */
export function describeTokenizer(name: string, { tokenizer, fromJson, lossless }: TokenizerSuite): void {
  const { special, size } = tokenizer;
  const silent = silentIds(special);
  describe(`tokenizer ${name}`, () => {
    test("its special tokens and its frame are ids of its vocabulary, and something ends a target", () => {
      for (const id of [...silent, ...framing(special)])
        expect(Number.isInteger(id) && id >= 0 && id < size).toBe(true);
      expect(special.end.length).toBeGreaterThan(0);
      expect(size).toBeGreaterThan(silent.size);
    });

    test.each(lossless.map((text) => [text]))("%j survives the round trip in ordinary ids", (text) => {
      const ids = tokenizer.encode(text);
      for (const id of ids) expect(Number.isInteger(id) && id >= 0 && id < size && !silent.has(id)).toBe(true);
      expect(tokenizer.decode(ids)).toBe(text);
    });

    test.each(lossless.map((text) => [text]))("special tokens around %j stand for nothing", (text) => {
      expect(tokenizer.decode([...silent, ...tokenizer.encode(text), ...silent])).toBe(text);
    });

    test.skipIf(!tokenizer.byteLengths)("the bytes of its tokens are those of the text, whatever it lacks", () => {
      for (const text of [...lossless, "unseen ж😀 \uFFFD", "e\u0301\uFEFF"]) {
        const lengths = tokenizer.byteLengths?.(text) ?? [];
        expect(lengths).toHaveLength(tokenizer.encode(text).length);
        expect(lengths.reduce((sum, length) => sum + length, 0)).toBe(new TextEncoder().encode(text).length);
      }
    });

    test("encodes nothing as nothing", () => {
      expect(tokenizer.encode("")).toEqual([]);
      expect(tokenizer.decode([])).toBe("");
    });

    test("an unknown token and an id outside the vocabulary decode to U+FFFD", () => {
      for (const id of [special.unknown ?? size, size, -1]) expect(tokenizer.decode([id])).toBe(REPLACEMENT);
    });

    test("comes back from its JSON as the same tokenizer", () => {
      const json = JSON.parse(JSON.stringify(tokenizer.toJson())) as TokenizerJson;
      const again = fromJson(json);
      expect([again.name, again.size, again.toJson()]).toEqual([tokenizer.name, tokenizer.size, tokenizer.toJson()]);
      for (const text of lossless) expect(again.encode(text)).toEqual(tokenizer.encode(text));
    });
  });
}

function framing({ frame: { joined, source, target } }: SpecialTokens): number[] {
  const inOne = joined ? [...joined.before, ...joined.between, ...joined.after] : [];
  const ofTarget = target ? [target.start, ...target.before, ...target.after] : [];
  return [...inOne, ...(source?.before ?? []), ...(source?.after ?? []), ...ofTarget];
}
