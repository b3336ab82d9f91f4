import { encodeExamples } from "@trivium/data";
import { isTextPair, type TextExample } from "@trivium/features";
import type { PairTokenizer } from "@trivium/text";
import type { HeldOut } from "./evaluate.ts";

/**
 * Held-out examples as ids: pairs with the texts of every target that counts as right, texts in windows.
 *
 * @param length - the longest row that the model takes.
 * @throws {DataError} as `encodeExamples`.
 * @example encodeHeldOut(dataset.test.slice(0, 1000), tokenizer, 64)
 */
export function encodeHeldOut(examples: readonly TextExample[], tokenizer: PairTokenizer, length: number): HeldOut[] {
  const texts = examples.filter((example) => !isTextPair(example));
  const windows = encodeExamples(texts, tokenizer, { length }).map((example) => ({ example, references: [] }));
  const pairs = examples.filter(isTextPair).flatMap((pair) => {
    const references = pair.references ?? [pair.target];
    return encodeExamples([pair], tokenizer, { length }).map((example) => ({ example, references }));
  });
  return [...windows, ...pairs];
}
