import { encodeExamples, textWindow, windows } from "@trivium/data";
import { isTextPair, type PlainText, type TextExample } from "@trivium/features";
import type { PairTokenizer } from "@trivium/text";
import type { HeldOut } from "./evaluate-options.ts";
import { type TargetSizes, targetSizes, textSize } from "./target-sizes.ts";

/**
 * Held-out examples as ids: pairs with the texts of every target that counts as right, texts in windows.
 *
 * @param length - the longest row that the model takes.
 * @throws {DataError} as `encodeExamples`.
 * @example encodeHeldOut(dataset.test.slice(0, 1000), tokenizer, 64)
 */
export function encodeHeldOut(examples: readonly TextExample[], tokenizer: PairTokenizer, length: number): HeldOut[] {
  const texts = examples.filter((example) => !isTextPair(example));
  const sizes = texts.flatMap((one) => (isTextPair(one) ? [] : windowSizes(one, tokenizer, length)));
  const encoded = encodeExamples(texts, tokenizer, { length });
  const inWindows = encoded.map((example, index) => ({ example, references: [], sizes: sizes[index] }));
  const pairs = examples.filter(isTextPair).flatMap((pair) => {
    const references = pair.references ?? [pair.target];
    const whole = textSize(pair.target);
    const sizes = { characters: [whole.characters], bytes: [whole.bytes] };
    return encodeExamples([pair], tokenizer, { length }).map((example) => ({ example, references, sizes }));
  });
  return [...inWindows, ...pairs];
}

/** The sizes of the tokens of each window of a text; none where the tokenizer does not know them. */
function windowSizes({ text, continues = false }: PlainText, tokenizer: PairTokenizer, length: number): TargetSizes[] {
  const lengths = tokenizer.targetByteLengths?.(text);
  if (lengths === undefined) return [];
  const { characters, bytes } = targetSizes(text, lengths);
  // A text of one token is no window of its own, and yet an example where it ends.
  if (characters.length === 1) return continues ? [] : [{ characters, bytes }];
  const window = textWindow(tokenizer.special, length);
  const ofBytes = windows(bytes, window);
  return windows(characters, window).map((part, index) => ({ characters: part, bytes: ofBytes[index]! }));
}
