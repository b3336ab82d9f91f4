import { DataError, UnsupportedError } from "@trivium/core";
import { behindPrompt, type GenerateOptions, generate, keepingDecoder } from "@trivium/generate";
import type { ChatMessage } from "@trivium/pretrained";
import type { OpenedModel } from "./open-model.ts";

export interface ChatOptions extends Pick<GenerateOptions, "strategy" | "processors" | "stop"> {
  /** What the model is told before the first message. Default: nothing, or what the template says. */
  readonly system?: string | undefined;
  /** Decides what is drawn, with the number of the turn. Default 0. */
  readonly seed?: number | string | undefined;
  /** The most tokens of an answer. Default 512. */
  readonly tokens?: number | undefined;
}

/** A conversation with a model. */
export interface Chat {
  /** All that was said, the system's message first. */
  readonly messages: readonly ChatMessage[];
  /** Tokens of the last conversation whose keys and values were held already. */
  readonly reused: number;
  /**
   * Says something, and yields the answer's text as it comes. An answer that is broken off stays as far as it came; what
   * could not be said at all is not kept.
   *
   * @throws {DataError} `compose/chat-length` if the conversation leaves no room for an answer, `pretrained/chat` if the
   *   template refuses it.
   */
  say(content: string, options?: Pick<GenerateOptions, "signal">): AsyncGenerator<string>;
  /** Forgets what was said, but not the system's message. */
  clear(): void;
  /** Frees keys and values. The parameters stay the caller's. */
  dispose(): void;
}

type ChattingModel = Pick<
  OpenedModel,
  "name" | "model" | "parameters" | "objective" | "tokenizer" | "task" | "chat" | "length"
>;

/**
 * Begins a conversation with a model that has a chat template. Turns that a causal model has read are not read again.
 *
 * @throws {UnsupportedError} `compose/chat` if the model has no chat template.
 * @example
 * const chat = createChat(opened, { system: "Answer in one word." });
 * for await (const text of chat.say("What is the capital of France?")) process.stdout.write(text);
 */
export function createChat(opened: ChattingModel, { system, tokens = 512, seed = 0, ...own }: ChatOptions = {}): Chat {
  const { model, parameters, chat: template } = opened;
  if (!template) throw withoutTemplate(opened.name);
  const first: readonly ChatMessage[] = system === undefined ? [] : [{ role: "system", content: system }];
  const decoder = keepingDecoder(model, parameters);
  let messages = first;
  return {
    get messages() {
      return messages;
    },
    get reused() {
      return decoder.reused;
    },
    async *say(content, { signal } = {}) {
      const asked = [...messages, { role: "user", content }];
      const ids = template.encode(asked);
      assertRoom(ids.length, opened);
      const request = { ...own, ...requestOf(opened, ids), ends: template.ends, seed: `${seed}/${asked.length}` };
      let answer = "";
      for await (const event of generate({ ...request, decoder, maximumTokens: tokens, signal })) {
        messages = [...asked, { role: "assistant", content: answer }];
        if (event.type !== "text") continue;
        answer += event.text;
        messages = [...asked, { role: "assistant", content: answer }];
        yield event.text;
      }
    },
    clear() {
      messages = first;
    },
    dispose: () => decoder.dispose(),
  };
}

/** A prompt of ids, around which no frame stands: the template wrote all that there is. */
function requestOf({ model, parameters, objective, tokenizer, task }: ChattingModel, ids: readonly number[]) {
  const isPair = task === "pairs";
  const nothing = { before: [], after: [] };
  const { target } = tokenizer.special.frame;
  const frame = isPair ? { source: nothing, target } : { joined: { ...nothing, between: [] } };
  const decode = (some: readonly number[]): string => tokenizer.decodeTarget(some);
  return {
    model,
    parameters,
    objective,
    tokenizer,
    special: { ...tokenizer.special, frame },
    examples: [isPair ? { source: ids, target: [] } : { tokens: ids }],
    decodeText: isPair ? decode : behindPrompt(decode),
  };
}

/** @throws {DataError} `compose/chat-length` */
function assertRoom(taken: number, { length }: ChattingModel): void {
  if (taken < length) return;
  throw new DataError(
    "compose/chat-length",
    `the conversation takes ${taken} tokens and the model has ${length}; begin a new one (/clear), or shorten the message`,
  );
}

const withoutTemplate = (name: string): UnsupportedError =>
  new UnsupportedError(
    "compose/chat",
    `${name} has no chat template: it goes on with texts (trivium generate), or takes a template of yours (--chat-template FILE)`,
  );
