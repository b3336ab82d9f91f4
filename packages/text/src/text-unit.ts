/** A unit in which texts are compared: a character is a Unicode code point, a symbol stands between blanks. */
export type TextUnit = "character" | "symbol";

/**
 * Splits a text into its characters, or into its symbols between blanks: phonemes, commands, words.
 *
 * @example splitUnits("HH AH", "symbol") // => ["HH", "AH"]
 */
export const splitUnits = (text: string, unit: TextUnit): string[] =>
  unit === "character" ? [...text] : text.split(/\s+/u).filter((symbol) => symbol !== "");
