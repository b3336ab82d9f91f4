import { joinSpecials } from "./join-specials.ts";
import type { PairTokenizer } from "./pair-tokenizer.ts";
import { silentIds } from "./special-tokens.ts";
import type { Tokenizer } from "./tokenizer.ts";

/**
 * Creates a pair of two tokenizers in one vocabulary: the source's ids stay, and the target's ordinary tokens follow.
 * Special tokens of the same role are shared. The letter A and the phoneme A are different tokens.
 *
 * Two vocabularies with the same `s` special tokens have `source.size + target.size − s` ids together.
 *
 * @example
 * const source = createCharacterTokenizer({ alphabet: ["A", "B"] });
 * const target = createSymbolTokenizer({ alphabet: ["AH", "B"] });
 * createDisjointPair({ source, target }).encodeTarget("B AH") // => [8, 7]
 */
export function createDisjointPair({ source, target }: { source: Tokenizer; target: Tokenizer }): PairTokenizer {
  const { special, size, ofTarget } = joinSpecials(source, target);
  const silent = silentIds(special);
  const toTarget = new Map(ofTarget.map((common, id) => [common, id]));
  const audible = (ids: Iterable<number>) => [...ids].filter((id) => !silent.has(id));
  return {
    name: "disjoint",
    size,
    special,
    unit: target.unit,
    encodeSource: (text) => source.encode(text),
    encodeTarget: (text) => target.encode(text).map((id) => ofTarget[id] as number),
    targetByteLengths: target.byteLengths && ((text) => target.byteLengths!(text)),
    decodeSource: (ids) => source.decode(audible(ids)),
    // An id of the source's has no place in the target: -1 is in no vocabulary, so it decodes to U+FFFD.
    decodeTarget: (ids) => target.decode(audible(ids).map((id) => toTarget.get(id) ?? -1)),
    toJson: () => ({ name: "disjoint", source: source.toJson(), target: target.toJson() }),
  };
}
