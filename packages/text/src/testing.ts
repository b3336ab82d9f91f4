import { describe, expect, test } from "vitest";
import { FIRST_ORDINARY_ID, REPLACEMENT, SPECIALS } from "./specials.ts";
import type { Tokenizer, TokenizerJson } from "./tokenizer.ts";

/** What the conformance suite needs to know about a tokenizer. */
export interface TokenizerSuite {
  readonly tokenizer: Tokenizer;
  /** Makes it again from what `toJson` returned. */
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
  describe(`tokenizer ${name}`, () => {
    test("has the common specials, and ordinary tokens after them", () => {
      expect(tokenizer.specials).toEqual(SPECIALS);
      expect(tokenizer.size).toBeGreaterThan(FIRST_ORDINARY_ID);
    });

    test.each(lossless.map((text) => [text]))("%j survives the round trip in ordinary ids", (text) => {
      const ids = tokenizer.encode(text);
      for (const id of ids) expect(Number.isInteger(id) && id >= FIRST_ORDINARY_ID && id < tokenizer.size).toBe(true);
      expect(tokenizer.decode(ids)).toBe(text);
    });

    test.each(lossless.map((text) => [text]))("specials around %j stand for nothing", (text) => {
      const { beginOfSequence, endOfSequence, pad } = SPECIALS;
      expect(tokenizer.decode([beginOfSequence, ...tokenizer.encode(text), endOfSequence, pad, pad])).toBe(text);
    });

    test("encodes nothing as nothing", () => {
      expect(tokenizer.encode("")).toEqual([]);
      expect(tokenizer.decode([])).toBe("");
    });

    test("an unknown token and an id outside the vocabulary decode to U+FFFD", () => {
      for (const id of [SPECIALS.unknown, tokenizer.size, -1]) expect(tokenizer.decode([id])).toBe(REPLACEMENT);
    });

    test("comes back from its JSON as the same tokenizer", () => {
      const json = JSON.parse(JSON.stringify(tokenizer.toJson())) as TokenizerJson;
      const again = fromJson(json);
      expect([again.name, again.size, again.toJson()]).toEqual([tokenizer.name, tokenizer.size, tokenizer.toJson()]);
      for (const text of lossless) expect(again.encode(text)).toEqual(tokenizer.encode(text));
    });
  });
}
