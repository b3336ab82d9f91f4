import type { PairTokenizer } from "./pair-tokenizer.ts";
import type { Tokenizer } from "./tokenizer.ts";

/**
 * Creates a pair of two tokenizers that cut texts differently and have the same ids, as Marian's models have one of each
 * language. The special tokens are the source's.
 *
 * @example createCommonPair({ source: createByteTokenizer(), target: createByteTokenizer() }).size // => 261
 */
export function createCommonPair({ source, target }: { source: Tokenizer; target: Tokenizer }): PairTokenizer {
  return {
    name: "common",
    size: Math.max(source.size, target.size),
    special: source.special,
    unit: target.unit,
    encodeSource: (text) => source.encode(text),
    encodeTarget: (text) => target.encode(text),
    targetByteLengths: target.byteLengths && ((text) => target.byteLengths!(text)),
    decodeSource: (ids) => source.decode(ids),
    decodeTarget: (ids) => target.decode(ids),
    toJson: () => ({ name: "common", source: source.toJson(), target: target.toJson() }),
  };
}
