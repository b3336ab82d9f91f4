import { bytePlugin } from "./byte.ts";
import { characterPlugin } from "./character.ts";
import { symbolPlugin } from "./symbol.ts";

export type { AlphabetOptions } from "./alphabet.ts";
export { type ByteOptions, createByteTokenizer } from "./byte.ts";
export { createCharacterTokenizer } from "./character.ts";
export { createDisjointPair } from "./disjoint-pair.ts";
export type { PairTokenizer, PairTokenizerJson } from "./pair-tokenizer.ts";
export { pairTokenizerFromJson } from "./pair-tokenizer-from-json.ts";
export { createSharedPair } from "./shared-pair.ts";
export { FIRST_ORDINARY_ID, REPLACEMENT, SPECIALS, type Specials } from "./specials.ts";
export { createSymbolTokenizer } from "./symbol.ts";
export { type Tokenizer, type TokenizerJson, tokenizer } from "./tokenizer.ts";

/** The tokenizers of this package, for a registry. */
export const tokenizerPlugins = [bytePlugin, characterPlugin, symbolPlugin] as const;
