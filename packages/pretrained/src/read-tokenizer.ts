import type { Files } from "@trivium/checkpoint";
import { CheckpointError, TriviumError } from "@trivium/core";
import {
  createCommonPair,
  createHuggingFaceTokenizer,
  createIdTokenizer,
  createSharedPair,
  type PairTokenizer,
  readSentencePiece,
  readTokenizerDefinition,
  sentencePieceDefinition,
  sharedVocabularyDefinition,
  type TokenizerDefinition,
} from "@trivium/text";
import type { ChatTemplate } from "./chat-template.ts";
import { type ForeignConfig, refusing } from "./foreign-config.ts";
import type { FoundDefinition } from "./found-definition.ts";
import { readChat } from "./read-chat.ts";
import { readJson } from "./read-json.ts";
import { type Around, aroundOf, readSpecials } from "./read-specials.ts";

export interface ReadTokenizerOptions {
  /** The attributes of the checkpoint, with the ids of special tokens. */
  readonly foreign: ForeignConfig;
  /** The number of ids of the model, which may exceed those of the tokenizer. */
  readonly vocabulary: number;
  /** A tokenizer that was found elsewhere. Default: what the files hold. */
  readonly definition?: FoundDefinition | undefined;
  /** The text of a chat template in the place of the files' own. Default: what the files hold. */
  readonly chatTemplate?: string | undefined;
}

/** A checkpoint's tokenizer, and what a person should know of it. */
export interface ReadTokenizer {
  readonly tokenizer: PairTokenizer;
  /** How a conversation is written for the model. Undefined where no template is there. */
  readonly chat?: ChatTemplate | undefined;
  readonly warnings: readonly string[];
}

/**
 * Reads the tokenizer of a folder: `tokenizer.json`, `vocab.json` with `merges.txt`, a SentencePiece model, or the two of
 * Marian with their `vocab.json`. A folder without one gets ids between blanks for text, with a warning.
 *
 * @throws {CheckpointError} `pretrained/tokenizer` if it is broken, `pretrained/vocabulary` if it has more ids than the
 *   model.
 * @example (await readTokenizer(files, { foreign, vocabulary: 50257 })).tokenizer.encodeTarget("Hello") // => [15496]
 */
export async function readTokenizer(
  files: Files,
  { foreign, vocabulary, definition: given, chatTemplate }: ReadTokenizerOptions,
): Promise<ReadTokenizer> {
  const found = given ?? (await readDefinition(files, { foreign, vocabulary }));
  if (!found) {
    const special = readSpecials({ foreign, vocabulary, ids: new Map(), around: { before: [], after: [] } });
    const tokenizer = createSharedPair(createIdTokenizer({ size: vocabulary, special }));
    return {
      tokenizer,
      warnings: [
        `${files.name} has no tokenizer that can be read: texts are ids between blanks, those of special tokens too; a tokenizer.json, a spiece.model or a .gguf file that is named has one`,
      ],
    };
  }
  const { definition, target, around, place } = found;
  const ids = new Map(definition.added_tokens?.map(({ content, id }) => [content, id]));
  const special = readSpecials({ foreign, vocabulary, ids, around, unknown: unknownOf(definition) });
  const tokenizer = whole(place, () => createHuggingFaceTokenizer({ definition, special }));
  if (tokenizer.size > vocabulary) {
    refusing(
      place,
      "vocabulary",
    )(
      `it has ${tokenizer.size} ids and the model ${vocabulary}: it is another model's; take the one that belongs to these weights`,
    );
  }
  const chat = await readChat(files, { foreign, found, tokenizer, given: chatTemplate });
  const sides = target && { source: tokenizer, target: createHuggingFaceTokenizer({ definition: target, special }) };
  return { tokenizer: sides ? createCommonPair(sides) : createSharedPair(tokenizer), chat, warnings: [] };
}

const sentencePieceNames = ["spiece.model", "tokenizer.model", "sentencepiece.bpe.model"];

type DefinitionRequest = Pick<ReadTokenizerOptions, "foreign" | "vocabulary">;

async function readDefinition(files: Files, request: DefinitionRequest): Promise<FoundDefinition | undefined> {
  const { foreign } = request;
  const names = await files.list();
  const placeOf = (name: string): string => `${files.name}/${name}`;
  if (names.includes("tokenizer.json")) {
    const [value, place] = [await readJson(files, "tokenizer.json"), placeOf("tokenizer.json")];
    const definition = whole(place, () => readTokenizerDefinition(value));
    return { definition, around: aroundOf(definition), place };
  }
  if (names.includes("vocab.json") && names.includes("merges.txt")) {
    const vocab = (await readJson(files, "vocab.json")) as Record<string, number>;
    const merges = new TextDecoder().decode(await files.read("merges.txt"));
    return { definition: byteLevel(vocab, merges), around: usualAround(foreign), place: placeOf("vocab.json") };
  }
  const name = sentencePieceNames.find((one) => names.includes(one));
  if (name === undefined) return names.includes(SOURCE) ? readMarian(files, request) : undefined;
  const place = placeOf(name);
  const bytes = await files.read(name);
  const sentinels = foreign.model_type === "t5" ? Array.from({ length: 100 }, (_, at) => `<extra_id_${99 - at}>`) : [];
  const definition = whole(place, () => sentencePieceDefinition(readSentencePiece(bytes), sentinels));
  return { definition, around: usualAround(foreign), place };
}

const SOURCE = "source.spm";
const TARGET = "target.spm";

/** Marian's own files: a SentencePiece model of each language, and the ids of both. */
async function readMarian(files: Files, { foreign, vocabulary }: DefinitionRequest): Promise<FoundDefinition> {
  const names = await files.list();
  const place = `${files.name}/${SOURCE}`;
  const missing = [TARGET, "vocab.json"].filter((name) => !names.includes(name));
  if (missing.length > 0) {
    const problem = `beside it stand ${TARGET} and vocab.json, and there is no ${missing.join(" and no ")}`;
    refusing(place, "tokenizer")(`${problem}; download the whole folder`);
  }
  const vocab = readIds(await readJson(files, "vocab.json"), `${files.name}/vocab.json`, vocabulary);
  const read = async (name: string): Promise<TokenizerDefinition> => {
    const bytes = await files.read(name);
    return whole(`${files.name}/${name}`, () => sharedVocabularyDefinition(readSentencePiece(bytes), vocab));
  };
  return { definition: await read(SOURCE), target: await read(TARGET), around: usualAround(foreign), place };
}

/** GPT-2's own files: a line of `merges.txt` is two tokens that become one. */
function byteLevel(vocab: Readonly<Record<string, number>>, merges: string): TokenizerDefinition {
  const lines = merges.split(/\r?\n/).filter((line) => line !== "" && !line.startsWith("#version"));
  const special = ["<|endoftext|>", "<s>", "</s>", "<pad>", "<unk>", "<mask>"];
  const there = special.filter((content) => Object.hasOwn(vocab, content));
  const bytes = { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true };
  return {
    added_tokens: there.map((content) => ({ id: vocab[content] as number, content, special: true })),
    pre_tokenizer: bytes,
    decoder: bytes,
    model: { type: "BPE", vocab, merges: lines },
  };
}

/** What the tokenizers of a family put around a text, where no file says so. */
function usualAround({ model_type, bos_token_id, eos_token_id }: ForeignConfig): Around {
  const ids = (id: unknown): number[] =>
    [id]
      .flat()
      .filter((one) => Number.isInteger(one))
      .slice(0, 1) as number[];
  if (model_type === "t5" || model_type === "marian") return { before: [], after: ids(eos_token_id) };
  if (model_type === "bart") return { before: ids(bos_token_id), after: ids(eos_token_id) };
  return { before: model_type === "llama" || model_type === "mistral" ? ids(bos_token_id) : [], after: [] };
}

function unknownOf({ model: { unk_id, unk_token, vocab } }: TokenizerDefinition): number | undefined {
  if (typeof unk_id === "number") return unk_id;
  return typeof unk_token === "string" && !Array.isArray(vocab) ? vocab[unk_token] : undefined;
}

/** @throws {CheckpointError} `pretrained/tokenizer` for an id that is none, `pretrained/vocabulary` for one that the model lacks. */
function readIds(given: ForeignConfig, place: string, vocabulary: number): Record<string, number> {
  const entries = Object.entries(given).map(([token, id]): [string, number] => {
    const shown = `${JSON.stringify(token)} is ${JSON.stringify(id)}`;
    if (typeof id !== "number" || !Number.isInteger(id) || id < 0)
      return refusing(place, "tokenizer")(`${shown}, and ids are whole numbers from 0; download the file again`);
    if (id >= vocabulary)
      refusing(
        place,
        "vocabulary",
      )(
        `${shown}, and the model has ${vocabulary} ids: it is another model's; take the one that belongs to these weights`,
      );
    return [token, id];
  });
  return Object.fromEntries(entries);
}

/** A broken file is the checkpoint's fault. */
function whole<T>(place: string, action: () => T): T {
  try {
    return action();
  } catch (cause) {
    if (!TriviumError.is(cause)) throw cause;
    throw new CheckpointError("pretrained/tokenizer", `${place}: ${cause.message}`, { cause });
  }
}
