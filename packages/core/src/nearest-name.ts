/**
 * The name of `names` that needs the fewest edits to become `wanted`, if it is near enough to be a slip.
 *
 * @returns the nearest name, or undefined if every name is more than a third of its letters (at least 2) away.
 * @example nearestName("casual", ["causal", "prefix"]) // => "causal"
 */
export function nearestName(wanted: string, names: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestEdits = Number.POSITIVE_INFINITY;
  for (const name of names) {
    const edits = editDistance(wanted.toLowerCase(), name.toLowerCase());
    const limit = Math.max(2, Math.floor(name.length / 3));
    if (edits <= limit && edits < bestEdits) [best, bestEdits] = [name, edits];
  }
  return best;
}

/**
 * Levenshtein distance between two sequences: the fewest insertions, deletions and substitutions.
 *
 * @example editDistance("kitten", "sitting") // => 3
 */
export function editDistance<T>(from: ArrayLike<T>, to: ArrayLike<T>): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const substitution = row[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, substitution));
    }
    row = next;
  }
  return row[to.length]!;
}
