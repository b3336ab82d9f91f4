import { createByteCutter } from "../word-encoder.ts";

/** The words of a corpus, as the letters that stand for their bytes, and how often each comes. */
export type WordCounts = ReadonlyMap<string, number>;

/** Counts words, text by text, so that a corpus need not be in memory. */
export interface WordCounter {
  add(text: string): void;
  counts(): WordCounts;
}

/**
 * Counts the words of texts as GPT-2 cuts them: a word with the space before it, with each byte as a letter.
 *
 * @source https://github.com/openai/gpt-2/blob/master/src/encoder.py
 * @example createWordCounter()
 */
export function createWordCounter(): WordCounter {
  const cutter = createByteCutter();
  const counts = new Map<string, number>();
  return {
    add(text) {
      for (const word of cutter.words(text)) counts.set(word, (counts.get(word) ?? 0) + 1);
    },
    counts() {
      const found = new Map<string, number>();
      for (const [word, count] of counts) found.set(cutter.pieces(word).join(""), count);
      return found;
    },
  };
}
