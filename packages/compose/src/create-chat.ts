import { DataError, UnsupportedError } from "@trivium/core";
import type { Example } from "@trivium/features";
import { type GenerateOptions, generate, keepingDecoder } from "@trivium/generate";
import type { ChatMessage } from "@trivium/pretrained";
import { type AnswerOptions, type AnswerRequest, answerOptions } from "./answer-options.ts";
import type { OpenedModel } from "./opened-model.ts";

/** Options of answers in a conversation: at most 512 tokens where neither the caller nor the model's files say. */
export interface ChatOptions extends Omit<AnswerOptions, "samples"> {
  /** The system prompt, before the first message. Default: nothing, or what the template says. */
  readonly system?: string | undefined;
  /** Decides what is drawn, with the number of the turn. Default 0. */
  readonly seed?: number | string | undefined;
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
  "name" | "model" | "parameters" | "objective" | "tokenizer" | "task" | "chat" | "length" | "generation"
>;

/**
 * Begins a conversation with a model that has a chat template. Turns that a causal model has read are not read again.
 *
 * @throws {UnsupportedError} `compose/chat` if the model has no chat template.
 * @example
 * const chat = createChat(opened, { system: "Answer in one word." });
 * for await (const text of chat.say("What is the capital of France?")) process.stdout.write(text);
 */
export function createChat(opened: ChattingModel, { system, seed = 0, ...asked }: ChatOptions = {}): Chat {
  const { model, parameters } = opened;
  const first: readonly ChatMessage[] = system === undefined ? [] : [{ role: "system", content: system }];
  const { request, exampleOf } = chatAnswers(opened, { ...asked, samples: 1 });
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
      const said = [...messages, { role: "user", content }];
      const turn = { examples: [exampleOf(said)], seed: `${seed}/${said.length}`, decoder, signal };
      let answer = "";
      for await (const event of generate({ ...request, ...turn })) {
        messages = [...said, { role: "assistant", content: answer }];
        if (event.type !== "text") continue;
        answer += event.text;
        messages = [...said, { role: "assistant", content: answer }];
        yield event.text;
      }
    },
    clear() {
      messages = first;
    },
    dispose: () => decoder.dispose(),
  };
}

/** What answers conversations with a model: all turns of one at a time, or many conversations at once. */
export interface ChatAnswers {
  /** The options of `generate` but for the examples. */
  readonly request: AnswerRequest;
  /**
   * Returns a conversation, up to where the assistant answers, as an example.
   *
   * @throws {DataError} `compose/chat-length`, `pretrained/chat`: see `Chat.say`.
   */
  exampleOf(messages: readonly ChatMessage[]): Example;
}

/**
 * Returns what `generate` takes to answer conversations with a model that has a chat template.
 *
 * @throws {UnsupportedError} `compose/chat` if the model has no chat template; what `answerOptions` throws.
 * @example
 * const { request, exampleOf } = chatAnswers(opened);
 * generate({ ...request, examples: [exampleOf([{ role: "user", content: "Hello" }])] });
 */
export function chatAnswers(opened: ChattingModel, asked: AnswerOptions = {}): ChatAnswers {
  const { chat: template, task } = opened;
  if (!template) throw withoutTemplate(opened.name);
  const own = asked.defaults === false ? undefined : opened.generation?.();
  const request = answerOptions(opened, { ...asked, tokens: asked.tokens ?? own?.tokens ?? 512 });
  // No frame stands around a prompt: the template wrote all that there is.
  const nothing = { before: [], after: [] };
  const { target } = request.special.frame;
  const frame = task === "pairs" ? { source: nothing, target } : { joined: { ...nothing, between: [] } };
  return {
    request: { ...request, special: { ...request.special, frame }, ends: template.ends },
    exampleOf(messages) {
      const ids = template.encode(messages);
      assertRoom(ids.length, opened);
      return task === "pairs" ? { source: ids, target: [] } : { tokens: ids };
    },
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
