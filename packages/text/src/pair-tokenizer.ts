import type { SpecialTokens } from "./special-tokens.ts";
import type { TextUnit } from "./text-unit.ts";
import type { TokenizerJson } from "./tokenizer.ts";

/** A pair tokenizer as plain JSON. */
export type PairTokenizerJson =
  | { readonly name: "shared"; readonly tokenizer: TokenizerJson }
  | { readonly name: "disjoint" | "common"; readonly source: TokenizerJson; readonly target: TokenizerJson };

/**
 * Converts source and target text to ids of **one** vocabulary and back. A decoder-only stream needs one vocabulary, and
 * an encoder–decoder uses the same one, so that the architectures can be compared.
 */
export interface PairTokenizer {
  readonly name: PairTokenizerJson["name"];
  /** The number of ids, special tokens included: the vocabulary size of the model. */
  readonly size: number;
  readonly special: SpecialTokens;
  /** The unit in which error rates compare targets. Default: characters. */
  readonly unit?: TextUnit | undefined;
  encodeSource(text: string): number[];
  /** Returns the ids of a target, or of a text that has no source. */
  encodeTarget(text: string): number[];
  /** Returns the UTF-8 bytes of the text that each id of `encodeTarget(text)` stands for. Default: not known. */
  targetByteLengths?: ((text: string) => number[]) | undefined;
  decodeSource(ids: Iterable<number>): string;
  /** Returns the target text of `ids`. Ordinary ids that only sources have decode to U+FFFD. */
  decodeTarget(ids: Iterable<number>): string;
  /** Returns the JSON from which `pairTokenizerFromJson` makes the same pair tokenizer. */
  toJson(): PairTokenizerJson;
}
