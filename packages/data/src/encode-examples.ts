import { ConfigError, DataError } from "@trivium/core";
import { type Example, isPair, isTextPair, type TextExample, type TextPair } from "@trivium/features";
import type { PairTokenizer } from "@trivium/text";
import { windows } from "./windows.ts";

/** How many positions an example takes in a decoder-only stream: `source SEP target`; EOS is only predicted. */
export const exampleLength = (example: Example): number =>
  isPair(example) ? example.source.length + 1 + example.target.length : example.tokens.length;

/**
 * Text to ids. A pair gives one example; a text is cut into windows of at most `length` tokens, one example each.
 *
 * The length of a pair is counted in the same way for every architecture, so that all of them train on the same.
 *
 * @param length - the number of positions that the model has, at least 2. Default: no limit.
 * @throws {DataError} `data/too-long` naming the pair and its length, `data/too-short` if nothing is left to predict.
 * @throws {ConfigError} `data/length`.
 * @example encodeExamples(dataset.train, tokenizer, { length: 64 })
 */
export function encodeExamples(
  examples: readonly TextExample[],
  tokenizer: Pick<PairTokenizer, "encodeSource" | "encodeTarget">,
  { length = Number.MAX_SAFE_INTEGER }: { readonly length?: number } = {},
): Example[] {
  if (!Number.isSafeInteger(length) || length < 2) {
    throw new ConfigError("data/length", `a length is a whole number from 2, got ${length}`);
  }
  const encoded: Example[] = [];
  for (const example of examples) {
    if (isTextPair(example)) {
      const pair = { source: tokenizer.encodeSource(example.source), target: tokenizer.encodeTarget(example.target) };
      if (exampleLength(pair) > length) throw tooLong(example, exampleLength(pair), length);
      encoded.push(pair);
    } else {
      for (const tokens of windows(tokenizer.encodeTarget(example.text), length)) encoded.push({ tokens });
    }
  }
  if (examples.length > 0 && encoded.length === 0) {
    throw new DataError("data/too-short", "every text has a single token, so there is nothing to predict");
  }
  return encoded;
}

function tooLong({ source, target }: TextPair, got: number, length: number): DataError {
  const shown = [source, target].map((text) => (text.length > 40 ? `${text.slice(0, 40)}…` : text));
  const what = `${JSON.stringify(shown[0])} → ${JSON.stringify(shown[1])}`;
  const message = `the pair ${what} takes ${got} positions, the model has ${length}; give it a greater length or leave the pair out`;
  return new DataError("data/too-long", message, { details: { source, got, length } });
}
