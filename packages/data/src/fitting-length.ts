import { isTextPair } from "@trivium/features";
import type { PairTokenizer } from "@trivium/text";
import type { Dataset } from "./dataset.ts";
import { encodeExamples, exampleLength } from "./encode-examples.ts";

/** Tokens of a window of text. */
const textWindow = 128;

/**
 * The longest row that a model for this data must take: pairs fit whole, with room for a longer answer; text is cut
 * into windows of 128 tokens.
 *
 * @example fittingLength(await cmudict(), tokenizer) // => 72
 */
export function fittingLength(
  { train, validation, test }: Pick<Dataset, "train" | "validation" | "test">,
  tokenizer: Pick<PairTokenizer, "special" | "encodeSource" | "encodeTarget">,
): number {
  const pairs = [...train, ...validation, ...test].filter(isTextPair);
  if (pairs.length === 0) return textWindow;
  const lengths = encodeExamples(pairs, tokenizer).map((example) => exampleLength(example, tokenizer.special));
  const longest = lengths.reduce((most, length) => Math.max(most, length), 0);
  return Math.ceil((longest + 8) / 8) * 8;
}
