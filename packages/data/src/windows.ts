/**
 * Cuts a long text into windows for a model: each has at most `length` tokens and begins with the last one of the
 * window before, so that every token but the first is predicted exactly once. A text of one token has none.
 *
 * @param length - at least 2.
 * @example windows([1, 2, 3, 4, 5, 6], 3) // => [[1, 2, 3], [3, 4, 5], [5, 6]]
 */
export const windows = (tokens: readonly number[], length: number): number[][] =>
  windowBounds(tokens.length, length).map(([start, end]) => tokens.slice(start, end));

/** The bounds of the windows of so many tokens: the first of each, and the one behind its last. */
export function windowBounds(count: number, length: number): [start: number, end: number][] {
  const found: [number, number][] = [];
  for (let start = 0; start < count - 1; start += length - 1) found.push([start, Math.min(count, start + length)]);
  return found;
}
