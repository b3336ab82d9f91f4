import type { TypedGgufValue } from "@trivium/checkpoint";
import { jsonDifferences } from "@trivium/core";
import { pieceKinds, type SpecialTokens, type TokenizerDefinition } from "@trivium/text";
import { CONTRACTIONS, cuts } from "./gguf-tokenizer.ts";

type Metadata = Readonly<Record<string, TypedGgufValue>>;
type Model = TokenizerDefinition["model"];
type Added = NonNullable<TokenizerDefinition["added_tokens"]>[number];

const kindOf = (name: (typeof pieceKinds)[number]): number => pieceKinds.indexOf(name);

/**
 * Returns a tokenizer as the metadata of a GGUF: of merged bytes, or of SentencePiece's pieces.
 *
 * @param vocabulary - number of ids of the model; those that the tokenizer lacks are unused tokens.
 * @returns a warning for a tokenizer without such a form, of which ids remain.
 */
export function ggufTokenizer(
  definition: TokenizerDefinition | undefined,
  special: SpecialTokens,
  vocabulary: number,
): { metadata: Metadata; warning?: string | undefined } {
  const own = definition && (pieces(definition, vocabulary) ?? merges(definition, vocabulary));
  if (!own) {
    const warning = "the tokenizer has no form in a GGUF and is left out; ids are the same";
    return { metadata: { "tokenizer.ggml.model": ["string", "none"] }, warning };
  }
  const ids = { bos: special.named.begin, eos: special.end[0], padding: special.pad };
  const known = Object.entries(ids).flatMap(([name, id]): [string, TypedGgufValue][] =>
    id === undefined ? [] : [[`${name}_token_id`, ["u32", id]]],
  );
  const begins = special.named.begin !== undefined && special.frame.joined?.before[0] === special.named.begin;
  const all: Metadata = { ...own, ...Object.fromEntries(known), add_bos_token: ["bool", begins] };
  return { metadata: Object.fromEntries(Object.entries(all).map(([key, value]) => [`tokenizer.ggml.${key}`, value])) };
}

interface Token {
  readonly text: string;
  readonly kind: number;
}

/** The tokens in the order of their ids. */
function tokensOf(
  { model, added_tokens = [] }: TokenizerDefinition,
  vocabulary: number,
  kind: (text: string) => number,
): Token[] {
  const tokens = Array.from(
    { length: vocabulary },
    (_, id): Token => ({ text: `[UNUSED${id}]`, kind: kindOf("unused") }),
  );
  if (!Array.isArray(model.vocab))
    for (const [text, id] of Object.entries(model.vocab)) tokens[id] = { text, kind: kind(text) };
  for (const { id, content, special } of added_tokens as readonly Added[]) {
    const own = content === model.unk_token ? "unknown" : special ? "control" : "user";
    tokens[id] = { text: content, kind: kindOf(own) };
  }
  return tokens;
}

const listed = (tokens: readonly Token[]): Metadata => ({
  tokens: ["strings", tokens.map(({ text }) => text)],
  token_type: ["i32s", tokens.map(({ kind }) => kind)],
});

/** Merges as texts, the best first. */
const mergesOf = ({ merges = [] }: Model & { merges?: unknown }): [string, string][] =>
  (merges as readonly (string | readonly [string, string])[]).map((merge) =>
    typeof merge === "string" ? (merge.split(" ") as [string, string]) : [merge[0], merge[1]],
  );

/** Pieces of SentencePiece's: the earlier a token is merged, the higher its score. */
function pieces(definition: TokenizerDefinition, vocabulary: number): Metadata | undefined {
  const { model } = definition;
  if (model.byte_fallback !== true || Array.isArray(model.vocab)) return undefined;
  const ranks = new Map<string, number>();
  for (const [left, right] of mergesOf(model)) if (!ranks.has(left + right)) ranks.set(left + right, ranks.size);
  const isByte = (text: string): boolean => /^<0x[0-9A-F]{2}>$/.test(text);
  const tokens = tokensOf(definition, vocabulary, (text) => kindOf(isByte(text) ? "byte" : "normal"));
  return {
    model: ["string", "llama"],
    ...listed(tokens),
    scores: [
      "f32s",
      tokens.map(({ text, kind }) => (kind === kindOf("normal") ? -(ranks.get(text) ?? ranks.size) : 0)),
    ],
    add_space_prefix: ["bool", JSON.stringify(definition.normalizer ?? "").includes('"Prepend"')],
  };
}

/** Merged bytes, with the name of how a text is cut before. */
function merges(definition: TokenizerDefinition, vocabulary: number): Metadata | undefined {
  const { model, pre_tokenizer: cut } = definition;
  if (Array.isArray(model.vocab) || !JSON.stringify(cut ?? "").includes('"ByteLevel"')) return undefined;
  const all = mergesOf(model);
  // Nothing is merged across a cut, and without merges there is none.
  const pre = all.length === 0 ? "gpt-2" : Object.keys(cuts).find((name) => isSameCut(cuts[name], cut));
  if (pre === undefined) return undefined;
  return {
    model: ["string", "gpt2"],
    pre: ["string", pre],
    ...listed(tokensOf(definition, vocabulary, () => kindOf("normal"))),
    merges: ["strings", all.map((merge) => merge.join(" "))],
  };
}

function isSameCut(one: unknown, other: unknown): boolean {
  // Offsets are no concern of ids, and contractions are written in two ways.
  const plain = (cut: unknown): unknown =>
    JSON.parse(
      JSON.stringify(cut, (key, value: unknown) => (key === "trim_offsets" ? undefined : value)).replaceAll(
        "(?i:'s|'t|'re|'ve|'m|'ll|'d)",
        CONTRACTIONS,
      ),
    );
  return jsonDifferences(plain(one), plain(other)).length === 0;
}
