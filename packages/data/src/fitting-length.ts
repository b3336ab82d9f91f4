import { isTextPair } from "@trivium/features";
import type { PairTokenizer } from "@trivium/text";
import type { Dataset } from "./dataset.ts";
import { encodeExamples, exampleLength } from "./encode-examples.ts";

/** Tokens of a window of text. */
const textWindow = 128;

/** Positions that cost so little that no pair below counts as an outlier. */
const alwaysTaken = 128;

/** A length for a model, and that of the longest pair, which may be an outlier. */
export interface FittingLength {
  readonly length: number;
  /** Positions of the longest pair; 0 if there are texts alone. */
  readonly longest: number;
}

/**
 * Returns the longest row that a model for this data must take. Pairs fit whole, with room for a longer answer, but for
 * outliers: a pair of more than 128 positions and more than twice the 99th percentile does not decide the length. Text is
 * cut into windows of 128 tokens.
 *
 * @example fittingLength(await cmudict(), tokenizer) // => { length: 80, longest: 67 }
 */
export function fittingLength(
  { train, validation, test }: Pick<Dataset, "train" | "validation" | "test">,
  tokenizer: Pick<PairTokenizer, "special" | "encodeSource" | "encodeTarget">,
): FittingLength {
  const pairs = [...train, ...validation, ...test].filter(isTextPair);
  if (pairs.length === 0) return { length: textWindow, longest: 0 };
  const encoded = encodeExamples(pairs, tokenizer);
  const lengths = Uint32Array.from(encoded, (example) => exampleLength(example, tokenizer.special)).sort();
  const highest = lengths[Math.floor(0.99 * (lengths.length - 1))] as number;
  const usual = lengths.findLast((length) => length <= Math.max(alwaysTaken, 2 * highest)) as number;
  return { length: Math.ceil((usual + 8) / 8) * 8, longest: lengths.at(-1) as number };
}
