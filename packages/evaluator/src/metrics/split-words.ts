/** White space as Python has it, on which the reference implementations rely: not what JavaScript's `\s` is. */
const space = "[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]";
const between = new RegExp(`${space}+`, "u");
const trailing = new RegExp(`${space}+$`, "u");

/**
 * The words of a text, between white space as Python's `str.split` has it.
 *
 * @example splitWords(" two  words ") // => ["two", "words"]
 */
export const splitWords = (text: string): string[] => text.split(between).filter((word) => word !== "");

/** A text without the white space at its end, as Python's `str.rstrip` has it. */
export const withoutTrailingSpace = (text: string): string => text.replace(trailing, "");
