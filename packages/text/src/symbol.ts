import { type AlphabetOptions, alphabetSchema, createAlphabetTokenizer, type Spelling } from "./alphabet.ts";
import { splitUnits } from "./text-unit.ts";
import { type Tokenizer, tokenizer } from "./tokenizer.ts";

const spelling: Spelling = {
  name: "symbol",
  unit: "symbol",
  split: (text) => splitUnits(text, "symbol"),
  join: (tokens) => tokens.join(" "),
};

/**
 * Creates a tokenizer with one token for each symbol between blanks: phonemes, commands, words of a small language. Any
 * other symbol is `unknown`. Blanks decode to one space; everything else is lossless.
 *
 * @param options - `alphabet`, symbols in the order of their ids; or `corpus`, texts whose symbols become the alphabet
 *   in the order of their UTF-16 code units.
 * @throws {ConfigError} `text/alphabet` if the alphabet is missing, empty, repeats itself or has a blank in a symbol.
 * @example createSymbolTokenizer({ corpus: ["HH AH L OW"] }).decode([6, 5]) // => "HH AH"
 */
export function createSymbolTokenizer(options: AlphabetOptions): Tokenizer {
  return createAlphabetTokenizer(spelling, options);
}

/** The plugin of {@link createSymbolTokenizer}. */
export const symbolPlugin = tokenizer("symbol", createSymbolTokenizer, {
  description: "Symbols between blanks (phonemes, commands) of a given alphabet or of the training text.",
  schema: alphabetSchema("symbol"),
});
