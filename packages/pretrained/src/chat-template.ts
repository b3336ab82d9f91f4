import { Template } from "@huggingface/jinja";
import { CheckpointError, DataError } from "@trivium/core";
import type { Tokenizer, TokenizerDefinition } from "@trivium/text";

/** A message of a conversation. */
export interface ChatMessage {
  /** `"system"`, `"user"`, `"assistant"`, or what else the template knows. */
  readonly role: string;
  readonly content: string;
}

/** The form in which a model was taught to read conversations. */
export interface ChatTemplate {
  /**
   * Returns the ids of a conversation, up to where the assistant's answer begins. Special strings in a message stay text.
   *
   * @throws {CheckpointError} `pretrained/chat-template` if the template cannot be read.
   * @throws {DataError} `pretrained/chat` if the template refuses the conversation: a role that it does not know, say.
   */
  encode(messages: readonly ChatMessage[]): number[];
  /** The ids that end an answer. */
  readonly ends: readonly number[];
}

export interface ChatTemplateOptions {
  /** In Jinja, as Hugging Face writes them. */
  readonly template: string;
  /** The place of the template in messages. */
  readonly place: string;
  readonly tokenizer: Pick<Tokenizer, "encodeParts">;
  readonly definition: TokenizerDefinition;
  /** The special tokens that a template names: `{ bos_token: "<s>" }`. */
  readonly names: Readonly<Record<string, string | undefined>>;
  readonly ends: readonly number[];
}

/** Characters that no message has: around the place of a special string in one. */
const [OPEN, CLOSE] = ["\u{F0002}", "\u{F0003}"];

/**
 * Makes a template of its text.
 *
 * The special strings of a message are hidden while the template runs; those that stand in its result are the template's, and
 * special tokens. The texts between them are encoded as one text is.
 *
 * @source https://huggingface.co/docs/transformers/chat_templating
 */
export function createChatTemplate(options: ChatTemplateOptions): ChatTemplate {
  const { template, place, tokenizer, definition, names, ends } = options;
  const special = new Map(
    (definition.added_tokens ?? []).filter((token) => token.special).map(({ content, id }) => [content, id] as const),
  );
  const strings = [...special.keys()].sort((a, b) => b.length - a.length);
  const hide = hidingOf(strings);
  let parsed: Template | undefined;
  return {
    ends,
    encode(messages) {
      parsed ??= parse(template, place);
      const hidden = messages.map(({ role, content }) => ({ role, content: hide(content) }));
      const text = render(parsed, { ...names, messages: hidden, add_generation_prompt: true }, place);
      return tokenizer.encodeParts?.(partsOf(text, strings, special)) ?? [];
    },
  };
}

const anyOf = (strings: readonly string[]): RegExp =>
  new RegExp(`(${strings.map((one) => one.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&")).join("|")})`, "g");

/** Returns what puts the numbers of special strings into their places. */
function hidingOf(strings: readonly string[]): (text: string) => string {
  const clean = (text: string): string => text.replaceAll(/[\u{F0002}\u{F0003}]/gu, "\uFFFD");
  if (strings.length === 0) return clean;
  const pattern = anyOf(strings);
  return (text) => clean(text).replaceAll(pattern, (found) => `${OPEN}${strings.indexOf(found)}${CLOSE}`);
}

/** Texts, with what was hidden in them, and the ids of the special tokens between them. */
function partsOf(text: string, strings: readonly string[], special: ReadonlyMap<string, number>): (string | number)[] {
  const shown = (part: string): string =>
    part.replaceAll(/\u{F0002}(\d+)\u{F0003}/gu, (_, index: string) => strings[Number(index)] ?? "");
  const parts = strings.length === 0 ? [text] : text.split(anyOf(strings));
  return parts.filter((part) => part !== "").map((part) => special.get(part) ?? shown(part));
}

function parse(template: string, place: string): Template {
  try {
    return new Template(template);
  } catch (cause) {
    const problem = `${place}: the chat template cannot be read: ${messageOf(cause)}`;
    throw new CheckpointError("pretrained/chat-template", `${problem}; give another one (--chat-template FILE)`, {
      cause,
    });
  }
}

function render(template: Template, items: Readonly<Record<string, unknown>>, place: string): string {
  try {
    return template.render({ ...items });
  } catch (cause) {
    const problem = `${place}: the chat template refuses the conversation: ${messageOf(cause)}`;
    throw new DataError(
      "pretrained/chat",
      `${problem}; change its roles (no --system, say), or give another template`,
      {
        cause,
      },
    );
  }
}

const messageOf = (cause: unknown): string =>
  (cause instanceof Error ? cause.message : String(cause)).split("\n")[0] as string;
