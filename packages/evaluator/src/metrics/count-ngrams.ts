/**
 * Counts the occurrences of each n-gram in a sequence.
 *
 * @param separator - text between the tokens of an n-gram; no token that can have any length contains it.
 */
export function countNgrams(tokens: readonly string[], order: number, separator = " "): Map<string, number> {
  const counts = new Map<string, number>();
  for (let start = 0; start + order <= tokens.length; start++) {
    const ngram = tokens.slice(start, start + order).join(separator);
    counts.set(ngram, (counts.get(ngram) ?? 0) + 1);
  }
  return counts;
}

/** Counts the n-grams that two sequences share, each as often as in the sequence where it is rarer. */
export function countMatches(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): number {
  let matches = 0;
  for (const [ngram, count] of a) matches += Math.min(count, b.get(ngram) ?? 0);
  return matches;
}
