import { REPLACEMENT } from "@trivium/text";
import type { EvaluateOptions } from "./evaluate-options.ts";

/** Half a surrogate pair, which no text of a file holds. */
const UNSAID = "\uD800";

/**
 * Returns the text of predicted ids. Whatever stands in it for what the vocabulary cannot say (the unknown token, ids
 * outside the vocabulary, bytes that are no character) is made to equal no character of the references.
 *
 * @param references - the texts that the prediction is held against.
 */
export function spellPrediction(
  ids: readonly number[],
  references: readonly string[],
  { special: { unknown }, tokenizer, decodeTarget }: Pick<EvaluateOptions, "special" | "tokenizer" | "decodeTarget">,
): string {
  const text = decodeTarget(ids);
  const mark = unknown !== undefined && ids.includes(unknown) ? decodeTarget([unknown]) : "";
  const marks = [mark, REPLACEMENT].filter((one) => one !== "" && references.some((right) => right.includes(one)));
  // A vocabulary that has U+FFFD says it where the text comes back as the same ids.
  const isSaid = (one: string) => one !== mark && tokenizer?.encodeTarget(text).join() === ids.join();
  return marks.filter((one) => !isSaid(one)).reduce((spelled, one) => spelled.replaceAll(one, UNSAID), text);
}
