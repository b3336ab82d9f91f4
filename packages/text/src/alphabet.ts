import { ConfigError } from "@trivium/core";
import { z } from "zod";
import { FIRST_ORDINARY_ID, isSilent, REPLACEMENT, SPECIALS } from "./specials.ts";
import type { Tokenizer } from "./tokenizer.ts";

/** Where a vocabulary comes from: `alphabet` lists its tokens in the order of their ids, or `corpus` is searched for them. */
export type AlphabetOptions =
  | { readonly alphabet: readonly string[]; readonly corpus?: undefined }
  | { readonly corpus: Iterable<string>; readonly alphabet?: undefined };

/** How a tokenizer over an alphabet takes text apart and puts it together. */
export interface Spelling {
  readonly name: string;
  split(text: string): Iterable<string>;
  join(tokens: readonly string[]): string;
}

/** The options of a tokenizer over an alphabet, as a schema; fields it does not know are errors. */
export const alphabetSchema = (name: string) =>
  z.strictObject({
    name: z.literal(name).optional(),
    alphabet: z.array(z.string()).optional(),
    corpus: z.custom<Iterable<string>>(isIterable, "expected a list of texts").optional(),
  });

/**
 * A tokenizer whose tokens are the members of an alphabet: `id = 5 + place in the alphabet`.
 *
 * @throws {ConfigError} `text/alphabet` if neither or both of `alphabet` and `corpus` are given, if it is empty, has a
 *   token twice, or has one that the spelling would take apart.
 */
export function createAlphabetTokenizer(spelling: Spelling, options: AlphabetOptions): Tokenizer {
  const alphabet = alphabetOf(spelling, options);
  const ids = new Map(alphabet.map((token, place) => [token, FIRST_ORDINARY_ID + place]));
  return {
    name: spelling.name,
    size: FIRST_ORDINARY_ID + alphabet.length,
    specials: SPECIALS,
    encode: (text) => Array.from(spelling.split(text), (token) => ids.get(token) ?? SPECIALS.unknown),
    decode(coded) {
      const tokens: string[] = [];
      for (const id of coded) if (!isSilent(id)) tokens.push(alphabet[id - FIRST_ORDINARY_ID] ?? REPLACEMENT);
      return spelling.join(tokens);
    },
    toJson: () => ({ name: spelling.name, alphabet: [...alphabet] }),
  };
}

function alphabetOf(spelling: Spelling, { alphabet, corpus }: AlphabetOptions): readonly string[] {
  const refuse = (problem: string) => new ConfigError("text/alphabet", `tokenizer "${spelling.name}": ${problem}`);
  if ((alphabet === undefined) === (corpus === undefined)) {
    throw refuse("give either alphabet (a list of tokens) or corpus (a list of texts to find them in)");
  }
  const tokens = alphabet ?? tokensIn(corpus as Iterable<string>, spelling);
  if (tokens.length === 0) throw refuse(`the ${alphabet ? "alphabet" : "corpus"} holds no token`);
  const seen = new Set<string>();
  for (const token of tokens) {
    const parts = [...spelling.split(token)];
    if (parts.length !== 1 || parts[0] !== token) throw refuse(`${JSON.stringify(token)} is not one token`);
    if (seen.has(token)) throw refuse(`the alphabet has ${JSON.stringify(token)} twice`);
    seen.add(token);
  }
  return tokens;
}

function tokensIn(corpus: Iterable<string>, spelling: Spelling): string[] {
  const tokens = new Set<string>();
  for (const text of corpus) for (const token of spelling.split(text)) tokens.add(token);
  return [...tokens].sort();
}

const isIterable = (value: unknown): boolean => typeof value === "object" && value !== null && Symbol.iterator in value;
