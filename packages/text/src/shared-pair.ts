import type { PairTokenizer } from "./pair-tokenizer.ts";
import type { Tokenizer } from "./tokenizer.ts";

/**
 * Creates a pair of one tokenizer: the same letter has the same id in source and target.
 *
 * @example createSharedPair(createByteTokenizer()).size // => 261
 */
export function createSharedPair(tokenizer: Tokenizer): PairTokenizer {
  return {
    name: "shared",
    size: tokenizer.size,
    special: tokenizer.special,
    unit: tokenizer.unit,
    encodeSource: (text) => tokenizer.encode(text),
    encodeTarget: (text) => tokenizer.encode(text),
    targetByteLengths: tokenizer.byteLengths && ((text) => tokenizer.byteLengths!(text)),
    decodeSource: (ids) => tokenizer.decode(ids),
    decodeTarget: (ids) => tokenizer.decode(ids),
    toJson: () => ({ name: "shared", tokenizer: tokenizer.toJson() }),
  };
}
