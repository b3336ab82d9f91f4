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

const words: ReadonlySet<unknown> = new Set(["Infinity", "-Infinity", "NaN"]);

/**
 * Reads what {@link stringifyJson} wrote: a text that is one of its words is the number again.
 *
 * @throws {SyntaxError} if the text is no JSON.
 * @example readStringified('{"perplexity":"Infinity"}') // => { perplexity: Infinity }
 */
export const readStringified = (text: string): unknown =>
  JSON.parse(text, (_, member: unknown) => (words.has(member) ? Number(member) : member));
