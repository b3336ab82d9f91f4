/**
 * Cuts a long text into windows for a model: each has at most `length` tokens and begins with the last one of the
 * window before, so that every token but the first is predicted exactly once. A text of one token has none.
 *
 * @param length - at least 2.
 * @example windows([1, 2, 3, 4, 5, 6], 3) // => [[1, 2, 3], [3, 4, 5], [5, 6]]
 */
export function windows(tokens: readonly number[], length: number): number[][] {
  const found: number[][] = [];
  for (let start = 0; start < tokens.length - 1; start += length - 1) found.push(tokens.slice(start, start + length));
  return found;
}
