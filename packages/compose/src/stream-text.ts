import { behindPrompt, type GenerateOptions, generate } from "@trivium/generate";
import type { OpenedModel } from "./open-model.ts";

export interface StreamTextOptions
  extends Pick<GenerateOptions, "strategy" | "processors" | "stop" | "seed" | "signal"> {
  /** The most tokens of the answer. Default 64. */
  readonly tokens?: number | undefined;
}

/**
 * Lets a model answer a prompt, and yields the answer's text as it comes: never a part of a character.
 *
 * @param prompt - the source of a pair, or the beginning of a text.
 * @throws what `generate` and the tokenizer throw.
 * @example for await (const text of streamText(opened, "Once upon a time")) process.stdout.write(text);
 */
export async function* streamText(
  opened: Pick<OpenedModel, "model" | "parameters" | "objective" | "tokenizer" | "task">,
  prompt: string,
  { tokens = 64, ...options }: StreamTextOptions = {},
): AsyncGenerator<string> {
  const { model, parameters, objective, tokenizer, task } = opened;
  const decode = (ids: readonly number[]): string => tokenizer.decodeTarget(ids);
  const isPair = task === "pairs";
  const events = generate({
    ...options,
    model,
    parameters,
    objective,
    special: tokenizer.special,
    tokenizer,
    examples: [
      isPair ? { source: tokenizer.encodeSource(prompt), target: [] } : { tokens: tokenizer.encodeTarget(prompt) },
    ],
    maximumTokens: tokens,
    decodeText: isPair ? decode : behindPrompt(decode),
  });
  for await (const event of events) if (event.type === "text") yield event.text;
}
