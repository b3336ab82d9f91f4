import type { WordCounts } from "./word-counts.ts";

/** A piece and the logarithm of its share. */
export type Piece = readonly [text: string, score: number];

/** The longest piece, in letters. */
const LONGEST = 16;
/** The most pieces to begin with. */
const MOST = 1_000_000;
/** Stands behind each word. */
const END = "\0";

/**
 * Returns the pieces that training begins with: every letter, and every part of a word of up to 16 letters that different
 * letters follow in several places. Its share is by its letters in all different words, that of a letter by its count.
 *
 * The most frequent come first; of equal ones that with the highest codes.
 */
export function seedPieces(counts: WordCounts): Piece[] {
  const letters = new Map<string, number>();
  for (const [word, count] of counts)
    for (const letter of word) letters.set(letter, (letters.get(letter) ?? 0) + count);
  const parts = repeatedParts([...counts.keys()]).map(([text, count]): Piece => [text, count * text.length]);
  const all = [[...letters].sort(largestFirst), parts.sort(largestFirst)].flat().slice(0, Math.max(MOST, letters.size));
  const total = Math.log(all.reduce((sum, [, score]) => sum + score, 0));
  return all.map(([text, score]) => [text, Math.log(score) - total]);
}

const largestFirst = ([text, score]: Piece, [other, least]: Piece): number => {
  if (score !== least) return least - score;
  return text < other ? 1 : -1;
};

/** Parts of words that are followed by different letters, or once by the end of a word, with the number of their places. */
function repeatedParts(words: readonly string[]): [text: string, count: number][] {
  const suffixes = words
    .flatMap((word) => Array.from(word, (_, at) => `${word}${END}`.slice(at, at + LONGEST + 1)))
    .sort((a, b) => (a < b ? -1 : Number(a > b)));
  const found: [string, number][] = [];
  /** Prefixes that the suffixes before have in common, the shorter ones below: where each began, and its length. */
  const open: { first: number; length: number }[] = [];
  for (let at = 1; at <= suffixes.length; at++) {
    const [before, suffix] = [suffixes[at - 1] as string, suffixes[at] ?? ""];
    const length = commonLength(before, suffix);
    let first = at - 1;
    for (let top = open.at(-1); top !== undefined && top.length > length; top = open.at(-1)) {
      const text = before.slice(0, top.length);
      if (text.length > 1 && text.length <= LONGEST && !text.endsWith(END)) found.push([text, at - top.first]);
      first = top.first;
      open.pop();
    }
    if (length > (open.at(-1)?.length ?? 0)) open.push({ first, length });
  }
  return found;
}

function commonLength(one: string, other: string): number {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length += 1;
  return length;
}
