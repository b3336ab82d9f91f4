import { type GenerateOptions, generate } from "@trivium/generate";
import { type AnswerOptions, answerOptions } from "./answer-options.ts";
import type { OpenedModel } from "./opened-model.ts";

export interface StreamTextOptions extends Omit<AnswerOptions, "samples">, Pick<GenerateOptions, "seed" | "signal"> {}

/**
 * Lets a model answer a prompt, and yields the answer's text as it comes: never a part of a character. What the model's
 * files say of generation holds where nothing else is asked for.
 *
 * @param prompt - the source of a pair, or the beginning of a text.
 * @throws what `answerOptions`, `generate` and the tokenizer throw.
 * @example for await (const text of streamText(opened, "Once upon a time")) process.stdout.write(text);
 */
export async function* streamText(
  opened: Pick<OpenedModel, "model" | "parameters" | "objective" | "tokenizer" | "task" | "generation">,
  prompt: string,
  { seed, signal, ...asked }: StreamTextOptions = {},
): AsyncGenerator<string> {
  const { tokenizer, task } = opened;
  const examples = [
    task === "pairs"
      ? { source: tokenizer.encodeSource(prompt), target: [] }
      : { tokens: tokenizer.encodeTarget(prompt) },
  ];
  const options = answerOptions(opened, { ...asked, samples: 1 });
  for await (const event of generate({ ...options, examples, seed, signal }))
    if (event.type === "text") yield event.text;
}
