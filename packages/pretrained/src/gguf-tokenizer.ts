import type { GgufValue } from "@trivium/checkpoint";
import { pieceKinds, sentencePieceDefinition, type TokenizerDefinition } from "@trivium/text";
import type { FoundDefinition } from "./found-definition.ts";

type Values = Readonly<Record<string, GgufValue>>;

const listOf = (values: Values, name: string): readonly GgufValue[] => {
  const list = values[`tokenizer.ggml.${name}`];
  return Array.isArray(list) ? list : [];
};

/** The tokenizer in a GGUF's metadata; undefined for a kind that cannot be read. */
export function ggufDefinition(values: Values, place: string): FoundDefinition | undefined {
  const begin = values["tokenizer.ggml.bos_token_id"];
  const kind = values["tokenizer.ggml.model"];
  const definition = kind === "llama" ? pieces(values) : kind === "gpt2" ? merges(values) : undefined;
  if (!definition) return undefined;
  const adds = values["tokenizer.ggml.add_bos_token"] ?? kind === "llama";
  const template = values["tokenizer.chat_template"];
  return {
    definition,
    place,
    chat: typeof template === "string" ? template : undefined,
    around: { before: adds === true && typeof begin === "number" ? [begin] : [], after: [] },
  };
}

function pieces(values: Values): TokenizerDefinition {
  const [scores, types] = [listOf(values, "scores"), listOf(values, "token_type")];
  return sentencePieceDefinition({
    pieces: listOf(values, "tokens").map((text, id) => ({
      text: String(text),
      score: Number(scores[id] ?? 0),
      kind: pieceKinds[Number(types[id] ?? 1)] ?? "normal",
    })),
    kind: "bpe",
    characters: "",
    leadingSpace: values["tokenizer.ggml.add_space_prefix"] !== false,
    singleSpaces: false,
  });
}

/** English endings, in either case. */
export const CONTRACTIONS = "(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])";
const words = (digits: string): string =>
  `${CONTRACTIONS}|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}${digits}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+`;
const bytes = (use_regex: boolean) => ({ type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex });
const split = (Regex: string) => ({ type: "Split", pattern: { Regex }, behavior: "Isolated", invert: false });
const sequence = (...pretokenizers: readonly object[]) => ({ type: "Sequence", pretokenizers });

/** How a text is cut before its bytes are merged, by the name that llama.cpp gives to it. */
export const cuts: Readonly<Record<string, object>> = {
  default: bytes(true),
  "gpt-2": bytes(true),
  "llama-bpe": sequence(split(words("{1,3}")), bytes(false)),
  qwen2: sequence(split(words("")), bytes(false)),
  smollm: sequence({ type: "Digits", individual_digits: true }, bytes(true)),
};

function merges(values: Values): TokenizerDefinition | undefined {
  const name = String(values["tokenizer.ggml.pre"] ?? "default");
  const cut = Object.hasOwn(cuts, name) ? cuts[name] : undefined;
  if (!cut) return undefined;
  const [tokens, types] = [listOf(values, "tokens").map(String), listOf(values, "token_type")];
  const added = tokens.flatMap((content, id) => {
    const kind = pieceKinds[Number(types[id] ?? 1)];
    return kind === "control" || kind === "user" ? [{ id, content, special: kind === "control" }] : [];
  });
  return {
    added_tokens: added,
    pre_tokenizer: cut,
    decoder: bytes(true),
    model: {
      type: "BPE",
      vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
      merges: listOf(values, "merges").map(String),
    },
  };
}
