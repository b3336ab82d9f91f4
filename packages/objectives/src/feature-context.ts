import type { Random } from "@trivium/core";
import type { PairTokenizer, SpecialTokens } from "@trivium/text";

/** The part of a pair tokenizer that rewriting text needs. */
export type TextCoder = Pick<
  PairTokenizer,
  "size" | "unit" | "encodeSource" | "encodeTarget" | "decodeSource" | "decodeTarget"
>;

/** The context in which an objective converts an example. */
export interface FeatureContext {
  /** The special tokens of the vocabulary. */
  readonly special: SpecialTokens;
  /** The vocabulary's tokenizer. Corruptions of text need it, and corruptions that draw random tokens its size. */
  readonly tokenizer?: TextCoder | undefined;
  /** A random stream of this example's own. */
  readonly random: Random;
  /** The number of positions that the rewritten example should fill, for corruptions that aim at one. */
  readonly window?: number | undefined;
}
