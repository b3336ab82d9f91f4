import type { PairTokenizer } from "./pair-tokenizer.ts";
import type { Tokenizer } from "./tokenizer.ts";

/**
 * One tokenizer for source and target alike: the same letter has the same id on both sides.
 *
 * @example createSharedPair(createByteTokenizer()).size // => 261
 */
export function createSharedPair(tokenizer: Tokenizer): PairTokenizer {
  return {
    name: "shared",
    size: tokenizer.size,
    specials: tokenizer.specials,
    encodeSource: (text) => tokenizer.encode(text),
    encodeTarget: (text) => tokenizer.encode(text),
    decodeSource: (ids) => tokenizer.decode(ids),
    decodeTarget: (ids) => tokenizer.decode(ids),
    toJson: () => ({ name: "shared", tokenizer: tokenizer.toJson() }),
  };
}
