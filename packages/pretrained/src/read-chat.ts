import type { Files } from "@trivium/checkpoint";
import type { Tokenizer } from "@trivium/text";
import { type ChatTemplate, createChatTemplate } from "./chat-template.ts";
import type { ForeignConfig } from "./foreign-config.ts";
import type { FoundDefinition } from "./found-definition.ts";
import { readJson } from "./read-json.ts";

interface ChatRequest {
  readonly foreign: ForeignConfig;
  readonly found: FoundDefinition;
  readonly tokenizer: Tokenizer;
  /** The text of a template in the place of the files' own. */
  readonly given: string | undefined;
}

const CONFIG = "tokenizer_config.json";

/** Reads the chat template of a folder or a GGUF; undefined where it has none. */
export async function readChat(
  files: Files,
  { foreign, found, tokenizer, given }: ChatRequest,
): Promise<ChatTemplate | undefined> {
  const names = await files.list();
  const config = names.includes(CONFIG) ? await readJson(files, CONFIG) : {};
  const template = given ?? (await fileOf(files, names)) ?? textOf(config.chat_template) ?? found.chat;
  if (template === undefined) return undefined;
  const contents = new Map(found.definition.added_tokens?.map(({ id, content }) => [id, content]));
  const ids = new Map([...contents].map(([id, content]) => [content, id]));
  const said = { ...namedBy(foreign, contents), ...namesIn(config) };
  const end = ids.get(said.eos_token ?? "");
  const ends = [...new Set([...tokenizer.special.end, ...(end === undefined ? [] : [end])])];
  const place = given === undefined ? files.name : "--chat-template";
  return createChatTemplate({ template, place, tokenizer, definition: found.definition, names: said, ends });
}

async function fileOf(files: Files, names: readonly string[]): Promise<string | undefined> {
  if (names.includes("chat_template.jinja")) return new TextDecoder().decode(await files.read("chat_template.jinja"));
  return names.includes("chat_template.json")
    ? textOf((await readJson(files, "chat_template.json")).chat_template)
    : undefined;
}

/** A template, or the default one of several that are named. */
function textOf(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  if (!Array.isArray(value)) return undefined;
  const named = value.filter(
    (one): one is { name: unknown; template: unknown } => typeof one === "object" && one !== null,
  );
  return textOf((named.find(({ name }) => name === "default") ?? named[0])?.template);
}

/** The special tokens that `tokenizer_config.json` names, by their names there. */
function namesIn(config: ForeignConfig): Record<string, string> {
  const entries = Object.entries(config).filter(([name]) => name.endsWith("_token"));
  const texts = entries.map(([name, value]) => {
    const content = typeof value === "object" && value !== null ? (value as { content?: unknown }).content : value;
    return [name, content] as const;
  });
  return Object.fromEntries(texts.filter((entry): entry is [string, string] => typeof entry[1] === "string"));
}

/** The special tokens of which the configuration has the ids. */
function namedBy(foreign: ForeignConfig, contents: ReadonlyMap<number, string>): Record<string, string | undefined> {
  const named = ["bos", "eos", "pad", "unk"].map((name) => {
    const [id] = [foreign[`${name}_token_id`]].flat();
    return [`${name}_token`, contents.get(id as number)] as const;
  });
  return Object.fromEntries(named);
}
