import { type AlphabetOptions, alphabetSchema, createAlphabetTokenizer, type Spelling } from "./alphabet.ts";
import { type Tokenizer, tokenizer } from "./tokenizer.ts";

const spelling: Spelling = {
  name: "character",
  unit: "character",
  split: (text) => text,
  join: (tokens) => tokens.join(""),
};

/**
 * Creates a tokenizer with one token for each Unicode code point of an alphabet. It is lossless for texts over that
 * alphabet. Any other character is `unknown`.
 *
 * @param options - `alphabet`, single characters in the order of their ids; or `corpus`, texts whose characters become
 *   the alphabet in the order of their UTF-16 code units.
 * @throws {ConfigError} `text/alphabet` if the alphabet is missing, empty, repeats itself or has a longer string.
 * @example createCharacterTokenizer({ corpus: ["cab"] }).encode("abba") // => [5, 6, 6, 5]
 */
export function createCharacterTokenizer(options: AlphabetOptions): Tokenizer {
  return createAlphabetTokenizer(spelling, options);
}

/** The plugin of {@link createCharacterTokenizer}. */
export const characterPlugin = tokenizer("character", createCharacterTokenizer, {
  description: "Unicode characters of a given alphabet or of the training text.",
  schema: alphabetSchema("character"),
});
