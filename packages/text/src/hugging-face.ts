import { Tokenizer as Library } from "@huggingface/tokenizers";
import { ConfigError, describeIssue } from "@trivium/core";
import { z } from "zod";
import { type SpecialTokens, silentIds } from "./special-tokens.ts";
import { REPLACEMENT, type Tokenizer, tokenizer } from "./tokenizer.ts";
import { createWordEncoder } from "./word-encoder.ts";

const id = z
  .int()
  .min(0)
  .max(2 ** 31);
const pieces = z.array(z.tuple([z.string(), z.number()]));

/** A record of ids, in a loop of its own: with a record of zod, 50,000 tokens take 53 ms to read in place of 22. */
const vocabulary = z.custom<Record<string, number>>(
  (value) =>
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((one) => Number.isInteger(one) && one >= 0 && one <= 2 ** 31),
  "expected ids from 0 on by token",
);

/** The parts of a `tokenizer.json` that are looked at here; the library reads the rest. */
const definitionSchema = z.looseObject({
  added_tokens: z.array(z.looseObject({ id, content: z.string(), special: z.boolean().default(false) })).default([]),
  model: z.looseObject({
    type: z.enum(["BPE", "Unigram", "WordPiece"]).optional(),
    vocab: z.union([vocabulary, pieces]),
    unk_token: z.string().nullish(),
    unk_id: id.nullish(),
    /** Ids of texts that the model itself does not know: those of Marian's other language. */
    surfaces: z.record(z.string(), id).optional(),
  }),
});

/** A `tokenizer.json`, as an object. */
export type TokenizerDefinition = z.input<typeof definitionSchema>;

type Definition = z.output<typeof definitionSchema>;

export interface HuggingFaceOptions {
  readonly name?: "hugging-face" | undefined;
  /** The object of a `tokenizer.json`. */
  readonly definition: TokenizerDefinition;
  /** The special tokens of the model: a definition does not say which one ends an answer. */
  readonly special: SpecialTokens;
}

/**
 * Creates a tokenizer of a `tokenizer.json`: BPE, Unigram, WordPiece, by Hugging Face's own library.
 *
 * Special strings in a text stay text: `encode("</s>")` spells the four characters, and gives no special token.
 *
 * @throws {ConfigError} `text/definition` if it is no definition, or of a kind that the library does not have.
 * @source https://github.com/huggingface/tokenizers.js
 * @example createHuggingFaceTokenizer({ definition: JSON.parse(await readFile("tokenizer.json", "utf8")), special })
 */
export function createHuggingFaceTokenizer({ definition: given, special }: HuggingFaceOptions): Tokenizer {
  const definition = readTokenizerDefinition(given);
  const marked = definition.added_tokens.filter((token) => token.special);
  const library = libraryOf(definition, false);
  let withSpecial: Library | undefined;
  const silent = new Set([...silentIds(special), ...marked.map((token) => token.id)]);
  const { unk_id: unknown = special.unknown } = definition.model;
  if (typeof unknown === "number") silent.delete(unknown);
  const size = sizeOf(definition);
  const isKnown = (one: number): boolean =>
    Number.isInteger(one) && one >= 0 && one < size && one !== unknown && library.id_to_token(one) !== undefined;
  const spell = (ids: number[]): string =>
    ids.length === 0 ? "" : library.decode(ids, { skip_special_tokens: false, clean_up_tokenization_spaces: false });
  const anchor = anchorOf(definition, silent, spell);
  const byWords = createWordEncoder(library, definition);
  const surfaces = new Map(Object.entries(definition.model.surfaces ?? {}));
  const encodeWhole = (text: string): number[] => {
    const encoded = library.encode(text, { add_special_tokens: false });
    const { ids, tokens }: { ids: number[]; tokens: string[] } = encoded;
    return ids.map((own, at) => (own === unknown ? (surfaces.get(tokens[at] ?? "") ?? own) : own));
  };
  return {
    name: "hugging-face",
    size,
    special,
    encode: (text) => {
      if (text === "") return [];
      return byWords?.(text) ?? encodeWhole(text);
    },
    encodeParts(parts) {
      withSpecial ??= libraryOf(definition, true);
      const text = parts.map((part) =>
        typeof part === "number" ? hiddenName(part) : part.replaceAll(HIDDEN, REPLACEMENT),
      );
      return withSpecial.encode(text.join(""), { add_special_tokens: false }).ids;
    },
    decode: (ids) => {
      const runs = runsOf(
        [...ids].filter((one) => !silent.has(one)),
        isKnown,
      );
      // Spaces at the start of a text are taken off; a later run is in the middle of one.
      return runs
        .map((run, at) => (at === 0 ? spell(run) : spell([anchor.id, ...run]).slice(anchor.text.length)))
        .join(REPLACEMENT);
    },
    toJson: () => ({ name: "hugging-face", definition: given, special }),
  };
}

/**
 * Checks the parts of a `tokenizer.json` that are looked at here.
 *
 * @throws {ConfigError} `text/definition`, naming the field.
 */
export function readTokenizerDefinition(given: unknown): Definition {
  const read = definitionSchema.safeParse(given);
  if (read.success) return read.data;
  const [issue] = read.error.issues as [z.core.$ZodIssue];
  const problem = `it is no tokenizer.json: ${describeIssue(issue, given)}`;
  throw new ConfigError("text/definition", `${problem}; download the file again`);
}

/** A character that no text has, and that begins the names of special tokens. */
const HIDDEN = "\u{F0000}";

/** The name of a special token in the library's eyes: one that no text has, and that no other one begins with. */
const hiddenName = (id: number): string => `${HIDDEN}${id}\u{F0001}`;

/** The library's tokenizer, in which special tokens have hidden names, that it finds in a text if they are known. */
function libraryOf(definition: Definition, areKnown: boolean): Library {
  const { model, added_tokens } = definition;
  const special = new Map(added_tokens.filter((token) => token.special).map(({ content, id }) => [content, id]));
  const nameOf = (token: string): string => {
    const own = special.get(token);
    return own === undefined ? token : hiddenName(own);
  };
  const added = added_tokens.map((token) =>
    token.special ? { ...token, content: hiddenName(token.id), normalized: false } : token,
  );
  const vocab = Array.isArray(model.vocab)
    ? model.vocab.map(([token, score]) => [nameOf(token), score])
    : Object.fromEntries(Object.entries(model.vocab).map(([token, own]) => [nameOf(token), own]));
  const hidden = {
    normalizer: null,
    pre_tokenizer: null,
    decoder: null,
    ...definition,
    added_tokens: areKnown ? added : added_tokens.filter((token) => !token.special),
    post_processor: null,
    model: {
      ...model,
      vocab,
      unk_token: typeof model.unk_token === "string" ? nameOf(model.unk_token) : model.unk_token,
    },
  };
  try {
    return new Library(hidden, {});
  } catch (cause) {
    throw new ConfigError(
      "text/definition",
      `the library does not read this tokenizer.json: ${(cause as Error).message}`,
      {
        cause,
      },
    );
  }
}

function sizeOf({ model: { vocab }, added_tokens }: Definition): number {
  let size = Array.isArray(vocab) ? vocab.length : 0;
  if (!Array.isArray(vocab)) for (const own of Object.values(vocab)) size = Math.max(size, own + 1);
  return added_tokens.reduce((most, token) => Math.max(most, token.id + 1), size);
}

/** An ordinary token with its text, behind which a text goes on. */
function anchorOf({ model: { vocab } }: Definition, silent: ReadonlySet<number>, spell: (ids: number[]) => string) {
  const ids = Array.isArray(vocab) ? vocab.keys() : Object.values(vocab);
  for (const one of ids) {
    const text = silent.has(one) ? "" : spell([one]);
    if (/^[a-z]+$/.test(text)) return { id: one, text };
  }
  return { id: 0, text: "" };
}

/** The ids between those that are not known: one run more than there are of these. */
function runsOf(ids: readonly number[], isKnown: (id: number) => boolean): number[][] {
  const runs: number[][] = [[]];
  for (const one of ids) {
    if (isKnown(one)) runs.at(-1)?.push(one);
    else runs.push([]);
  }
  return runs;
}

/** The plugin of {@link createHuggingFaceTokenizer}. */
export const huggingFacePlugin = tokenizer("hugging-face", createHuggingFaceTokenizer, {
  description: "The tokenizer.json of a checkpoint: BPE, Unigram, WordPiece.",
  schema: z.strictObject({
    name: z.literal("hugging-face").optional(),
    definition: z.custom<TokenizerDefinition>((value) => typeof value === "object" && value !== null),
    special: z.custom<SpecialTokens>((value) => typeof value === "object" && value !== null && "frame" in value),
    corpus: z.unknown().optional(),
  }),
});
