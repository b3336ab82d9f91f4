import { ConfigError, DataError } from "@trivium/core";
import {
  type Example,
  isPair,
  isTextPair,
  type PairExample,
  type PlainText,
  type TextExample,
  type TextPair,
  type TokensExample,
} from "@trivium/features";
import type { PairTokenizer, SpecialTokens } from "@trivium/text";
import { windowBounds } from "./windows.ts";

/**
 * Returns the number of positions that an example takes in one stream: source and target in their frame, without the
 * last id, which is only predicted. A vocabulary that frames two streams alone counts both.
 *
 * @example exampleLength({ source: [7, 8], target: [9] }, reservedSpecials()) // => 4
 */
export function exampleLength(example: Example, special: SpecialTokens): number {
  if (!isPair(example)) return example.tokens.length;
  return example.source.length + example.target.length + frameLength(special) - 1;
}

function frameLength({ frame: { joined, source, target } }: SpecialTokens): number {
  if (joined) return joined.before.length + joined.between.length + joined.after.length;
  const ofTarget = target ? 1 + target.before.length + target.after.length : 1;
  return (source?.before.length ?? 0) + (source?.after.length ?? 0) + ofTarget;
}

/**
 * Encodes texts. A pair gives one example; a text is cut into windows of at most `length` tokens, one example each. The
 * last window of a text ends, unless the text continues in another example.
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
  tokenizer: Pick<PairTokenizer, "special" | "encodeSource" | "encodeTarget">,
  { length = Number.MAX_SAFE_INTEGER }: { readonly length?: number | undefined } = {},
): Example[] {
  if (!Number.isSafeInteger(length) || length < 2) {
    throw new ConfigError("data/length", `a length is a whole number from 2, got ${length}`);
  }
  const encoded: Example[] = [];
  for (const example of examples) {
    if (isTextPair(example)) {
      const pair = encodePair(example, tokenizer);
      const taken = exampleLength(pair, tokenizer.special);
      if (taken > length) throw tooLong(example, taken, length);
      encoded.push(withTask(pair, example.task));
    } else {
      for (const window of encodeText(example, tokenizer, length)) encoded.push(withTask(window, example.task));
    }
  }
  if (examples.length > 0 && encoded.length === 0) {
    throw new DataError(
      "data/too-short",
      "every text is empty or a single token that goes on, so there is nothing to predict",
    );
  }
  return encoded;
}

/** The ids of a pair, whatever its length. */
export const encodePair = (
  { source, target }: TextPair,
  tokenizer: Pick<PairTokenizer, "encodeSource" | "encodeTarget">,
): PairExample => ({ source: tokenizer.encodeSource(source), target: tokenizer.encodeTarget(target) });

/** The ids of a text, and the bounds of its windows, each with whether the text ends with it. */
export function cutText(
  { text, continues = false }: PlainText,
  { special, encodeTarget }: Pick<PairTokenizer, "special" | "encodeTarget">,
  length: number,
): { tokens: number[]; windows: { bounds: [start: number, end: number]; ends: boolean }[] } {
  const tokens = encodeTarget(text);
  if (!continues && tokens.length === 1) return { tokens, windows: [{ bounds: [0, 1], ends: true }] };
  const found = windowBounds(tokens.length, textWindow(special, length));
  const last = continues ? found.length : found.length - 1;
  return { tokens, windows: found.map((bounds, at) => ({ bounds, ends: at === last })) };
}

function encodeText(text: PlainText, tokenizer: Parameters<typeof cutText>[1], length: number): TokensExample[] {
  const { tokens, windows } = cutText(text, tokenizer, length);
  return windows.map(({ bounds, ends }) => {
    const window = tokens.slice(...bounds);
    return ends ? { tokens: window, ends } : { tokens: window };
  });
}

/** An example of ids with the task of its text, if that has one. */
const withTask = <E extends Example>(example: E, task: string | undefined): E =>
  task === undefined ? example : { ...example, task };

/**
 * Returns the number of tokens of a text that fit a model together with what frames them. One position of a stream is
 * only predicted.
 *
 * @example textWindow(reservedSpecials(), 64) // => 64
 */
export function textWindow({ frame: { joined, source, target } }: SpecialTokens, length: number): number {
  const framed = [joined, source, target].map((part) => (part ? part.before.length + part.after.length - 1 : 0));
  return Math.max(2, length - Math.max(...framed));
}

function tooLong({ source, target }: TextPair, got: number, length: number): DataError {
  const shown = [source, target].map((text) => (text.length > 40 ? `${text.slice(0, 40)}…` : text));
  const what = `${JSON.stringify(shown[0])} → ${JSON.stringify(shown[1])}`;
  const message = `the pair ${what} takes ${got} positions, the model has ${length}; give it a greater length or leave the pair out`;
  return new DataError("data/too-long", message, { details: { source, got, length } });
}
