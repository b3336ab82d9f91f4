import type { Specials } from "./specials.ts";
import type { TokenizerJson } from "./tokenizer.ts";

/** A pair tokenizer as plain JSON. */
export type PairTokenizerJson =
  | { readonly name: "shared"; readonly tokenizer: TokenizerJson }
  | { readonly name: "disjoint"; readonly source: TokenizerJson; readonly target: TokenizerJson };

/**
 * Source and target text in **one** vocabulary, which a decoder-only stream `source SEP target EOS` needs and an
 * encoder–decoder with one embedding table uses as well, so that the architectures can be compared.
 */
export interface PairTokenizer {
  readonly name: PairTokenizerJson["name"];
  /** How many ids there are, specials included: the vocabulary size of the model. */
  readonly size: number;
  readonly specials: Specials;
  encodeSource(text: string): number[];
  /** Also what encodes a text that has no source. */
  encodeTarget(text: string): number[];
  decodeSource(ids: Iterable<number>): string;
  /** The target text of `ids`; an id that only sources have is U+FFFD, never silently dropped. */
  decodeTarget(ids: Iterable<number>): string;
  /** What `pairTokenizerFromJson` makes the same pair tokenizer from. */
  toJson(): PairTokenizerJson;
}
