/** Tokens of a prompt whose text is spelled again, so that the text behind it begins as it goes on. */
const SPELLED_AGAIN = 8;

/**
 * Returns what spells an answer as the continuation of its prompt: with the space that a tokenizer puts before a word but
 * takes off at the start of a text.
 *
 * @param decode - a tokenizer's `decode` or `decodeTarget`.
 * @example behindPrompt((ids) => ids.join(" "))([7, 8], [5, 6]) // => " 7 8"
 */
export const behindPrompt =
  (decode: (ids: readonly number[]) => string) =>
  (ids: readonly number[], prompt: readonly number[]): string => {
    const given = prompt.slice(-SPELLED_AGAIN);
    const [before, whole] = [decode(given), decode([...given, ...ids])];
    return whole.startsWith(before) ? whole.slice(before.length) : decode(ids);
  };
