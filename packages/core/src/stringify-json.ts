/**
 * Writes a value as JSON. Numbers that JSON does not have become the words `"Infinity"`, `"-Infinity"` and `"NaN"`,
 * which `Number` reads back, where `JSON.stringify` would write `null`.
 *
 * @param space - indentation, as for `JSON.stringify`.
 * @example stringifyJson({ perplexity: Infinity }) // => '{"perplexity":"Infinity"}'
 */
export const stringifyJson = (value: unknown, space?: number): string =>
  JSON.stringify(
    value,
    (_, member: unknown) => (typeof member === "number" && !Number.isFinite(member) ? String(member) : member),
    space,
  );
