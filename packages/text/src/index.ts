import { bytePlugin } from "./byte.ts";
import { characterPlugin } from "./character.ts";
import { huggingFacePlugin } from "./hugging-face.ts";
import { idsPlugin } from "./ids.ts";
import { symbolPlugin } from "./symbol.ts";

export type { AlphabetOptions } from "./alphabet.ts";
export { type ByteOptions, createByteTokenizer } from "./byte.ts";
export { createCharacterTokenizer } from "./character.ts";
export { createCommonPair } from "./common-pair.ts";
export { createDisjointPair } from "./disjoint-pair.ts";
export { type ExtraSpecials, withExtraSpecials } from "./extra-specials.ts";
export {
  createHuggingFaceTokenizer,
  type HuggingFaceOptions,
  readTokenizerDefinition,
  type TokenizerDefinition,
} from "./hugging-face.ts";
export { createIdTokenizer, type IdOptions } from "./ids.ts";
export type { PairTokenizer, PairTokenizerJson } from "./pair-tokenizer.ts";
export { pairTokenizerFromJson } from "./pair-tokenizer-from-json.ts";
export { reservedSpecials } from "./reserved-specials.ts";
export {
  type Piece,
  pieceKinds,
  readSentencePiece,
  type SentencePieceModel,
  sentencePieceDefinition,
} from "./sentence-piece.ts";
export { sharedVocabularyDefinition } from "./sentence-piece-vocabulary.ts";
export { createSharedPair } from "./shared-pair.ts";
export * from "./special-tokens.ts";
export { createSymbolTokenizer } from "./symbol.ts";
export { splitUnits, type TextUnit } from "./text-unit.ts";
export * from "./tokenizer.ts";
export { trainBytePairs } from "./train/train-byte-pairs.ts";
export { ownTokens, type TrainOptions } from "./train/train-options.ts";
export { trainUnigram } from "./train/train-unigram.ts";
export { withOwnTokens } from "./train/with-own-tokens.ts";
export { createWordCounter, type WordCounter, type WordCounts } from "./train/word-counts.ts";

/** The tokenizers of this package, for a registry. */
export const tokenizerPlugins = [bytePlugin, characterPlugin, symbolPlugin, huggingFacePlugin, idsPlugin] as const;
