import type { TextCoder } from "./feature-context.ts";

/** The end of a sentence with what closes it and the space behind it, or an empty line. */
const sentenceEnd = /[.!?…]+["'”’)\]]*\s+|[。！？]+["'”’）」』]*\s*|\n\s*\n/gu;

/**
 * Returns the indices of the tokens at which sentences begin, the first one always among them. A sentence ends behind a
 * full stop, a question mark or an exclamation mark that white space follows, and at an empty line. The token that holds
 * the first character of a sentence begins the sentence, with the space before it if that is in the same token.
 *
 * @param tokens - ids of a text, or of a piece of one.
 * @example sentenceStarts(tokenizer.encodeTarget("Hi. Yes."), tokenizer) // => [0, 4]
 */
export function sentenceStarts(
  tokens: readonly number[],
  { decodeTarget }: Pick<TextCoder, "decodeTarget">,
): readonly number[] {
  const starts = [0];
  let [start, character] = [0, 0];
  const text = decodeTarget(tokens);
  for (const { index, 0: end } of text.matchAll(sentenceEnd)) {
    const begin = index + end.length;
    // A tokenizer may drop the space at the beginning of what it decodes, so one token before is decoded with the rest.
    const from = Math.max(0, start - 1);
    const offset = character - decodeTarget(tokens.slice(from, start)).length;
    const next = firstIndex(
      [start, tokens.length],
      (at) => offset + decodeTarget(tokens.slice(from, at + 1)).length > begin,
    );
    if (next >= tokens.length) break;
    if (next === start) continue;
    starts.push(next);
    character = offset + decodeTarget(tokens.slice(from, next)).length;
    start = next;
  }
  return starts;
}

/** The first index in a range from which on something holds, or the end of the range. */
function firstIndex([from, to]: readonly [number, number], holds: (at: number) => boolean): number {
  let [low, high] = [from, to];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
