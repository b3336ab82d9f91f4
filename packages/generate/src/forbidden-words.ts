import { assertIds, assertOption } from "./logits.ts";
import { byAnswer, forbid, type LogitsProcessor } from "./logits-processor.ts";

/**
 * Forbids the last token of each of these sequences where its other tokens stand before it, in the prompt or the answer.
 * A sequence that is an end alone is passed over.
 *
 * @throws {ConfigError} `generate/ids` if a sequence is empty, or an id is not an integer from 0.
 * @source `NoBadWordsLogitsProcessor` of Hugging Face transformers 5.24
 * @example generate({ ...request, processors: [forbiddenWords({ words: [[7], [5, 6]] })] })
 */
export function forbiddenWords({ words }: { readonly words: readonly (readonly number[])[] }): LogitsProcessor {
  assertIds(words.flat());
  assertOption(
    words.every(({ length }) => length > 0),
    "ids",
    "words that are forbidden have an id or more",
  );
  return byAnswer("forbidden-words", (scores, answer, { prompt, ends }) => {
    const said = [...prompt, ...answer];
    for (const word of words) {
      const start = said.length - word.length + 1;
      const isEnd = word.length === 1 && ends.includes(word[0] as number);
      const stands = start >= 0 && word.slice(0, -1).every((id, at) => id === said[start + at]);
      if (stands && !isEnd) forbid(scores, word.slice(-1));
    }
  });
}
