import type { PairTokenizer } from "./pair-tokenizer.ts";
import { FIRST_ORDINARY_ID } from "./specials.ts";
import type { Tokenizer } from "./tokenizer.ts";

/**
 * A tokenizer for each side, in one vocabulary: the specials are shared, then come the source's tokens, then the
 * target's. The letter A and the phoneme A are different tokens.
 *
 * `size = 5 + (source.size − 5) + (target.size − 5)`
 *
 * @example
 * const source = createCharacterTokenizer({ alphabet: ["A", "B"] });
 * const target = createSymbolTokenizer({ alphabet: ["AH", "B"] });
 * createDisjointPair({ source, target }).encodeTarget("B AH") // => [8, 7]
 */
export function createDisjointPair({ source, target }: { source: Tokenizer; target: Tokenizer }): PairTokenizer {
  const shift = source.size - FIRST_ORDINARY_ID;
  const toPair = (id: number) => (id < FIRST_ORDINARY_ID ? id : id + shift);
  // An id of the source's has no place in the target: -1 is in no vocabulary, so it decodes to U+FFFD.
  const fromPair = (id: number) => (id < FIRST_ORDINARY_ID ? id : id < source.size ? -1 : id - shift);
  return {
    name: "disjoint",
    size: source.size + target.size - FIRST_ORDINARY_ID,
    specials: source.specials,
    encodeSource: (text) => source.encode(text),
    encodeTarget: (text) => target.encode(text).map(toPair),
    decodeSource: (ids) => source.decode(ids),
    decodeTarget: (ids) => target.decode(Array.from(ids, fromPair)),
    toJson: () => ({ name: "disjoint", source: source.toJson(), target: target.toJson() }),
  };
}
