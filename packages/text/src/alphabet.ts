import { ConfigError } from "@trivium/core";
import { z } from "zod";
import { type ExtraSpecials, extraSpecialsSchema, withExtraSpecials } from "./extra-specials.ts";
import { reservedIds, reservedSpecials } from "./reserved-specials.ts";
import { silentIds } from "./special-tokens.ts";
import type { TextUnit } from "./text-unit.ts";
import { REPLACEMENT, type Tokenizer } from "./tokenizer.ts";

/** The origin of a vocabulary: `alphabet` lists the tokens in the order of their ids, `corpus` is searched for tokens. */
export type AlphabetOptions = (
  | { readonly alphabet: readonly string[]; readonly corpus?: undefined }
  | { readonly corpus: Iterable<string>; readonly alphabet?: undefined }
) & {
  /** Further special tokens, whose ids follow those of the alphabet. Default: none. */
  readonly special?: ExtraSpecials | undefined;
};

/** The way in which a tokenizer over an alphabet splits text into tokens and joins tokens to text. */
export interface Spelling {
  readonly name: string;
  readonly unit: TextUnit;
  split(text: string): Iterable<string>;
  join(tokens: readonly string[]): string;
}

/** The schema of the options of a tokenizer over an alphabet. Unknown fields are errors. */
export const alphabetSchema = (name: string) =>
  z.strictObject({
    name: z.literal(name).optional(),
    alphabet: z.array(z.string()).optional(),
    special: extraSpecialsSchema.optional(),
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
  const ids = new Map(alphabet.map((token, place) => [token, reservedIds + place]));
  const special = reservedSpecials();
  const silent = silentIds(special);
  const tokenizer: Tokenizer = {
    name: spelling.name,
    unit: spelling.unit,
    size: reservedIds + alphabet.length,
    special,
    byteLengths: (text) => byteLengthsOf(text, spelling.split(text)),
    encode: (text) => Array.from(spelling.split(text), (token) => ids.get(token) ?? (special.unknown as number)),
    decode(coded) {
      const tokens: string[] = [];
      for (const id of coded) if (!silent.has(id)) tokens.push(alphabet[id - reservedIds] ?? REPLACEMENT);
      return spelling.join(tokens);
    },
    toJson: () => ({ name: spelling.name, alphabet: [...alphabet] }),
  };
  return withExtraSpecials(tokenizer, options.special);
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

const utf8 = new TextEncoder();

/** The bytes of a text up to the end of each token; what stands between tokens belongs to the next one, or to the last. */
function byteLengthsOf(text: string, tokens: Iterable<string>): number[] {
  const lengths: number[] = [];
  let start = 0;
  for (const token of tokens) {
    const end = text.indexOf(token, start) + token.length;
    lengths.push(utf8.encode(text.slice(start, end)).length);
    start = end;
  }
  if (lengths.length > 0) lengths[lengths.length - 1]! += utf8.encode(text.slice(start)).length;
  return lengths;
}
