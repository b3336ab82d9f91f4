import type { OpenedModel } from "@trivium/compose";
import { ConfigError, DataError } from "@trivium/core";
import { exampleLength } from "@trivium/data";
import { readLines } from "@trivium/data/node";
import type { Example } from "@trivium/features";
import type { Output } from "./output.ts";

/** A prompt, and its line where it was read. */
export interface Prompt {
  readonly text: string;
  readonly place?: string | undefined;
}

/**
 * Reads the lines of standard input, each of them a prompt.
 *
 * @throws {ConfigError} `cli/prompt` if there is none. @throws {DataError} `data/binary` with the line.
 */
export async function readPrompts({ output }: { readonly output: Pick<Output, "note"> }): Promise<Prompt[]> {
  if (process.stdin.isTTY) output.note("type prompts, one a line; Ctrl-D ends them");
  const prompts: Prompt[] = [];
  for await (const line of readLines(process.stdin, { name: "standard input" })) prompts.push(line);
  if (prompts.length > 0) return prompts;
  throw new ConfigError("cli/prompt", "there is no prompt; give some after the run, or lines on standard input");
}

type Reader = Pick<OpenedModel, "tokenizer" | "task" | "length">;

/**
 * Returns a prompt as ids.
 *
 * @throws {DataError} `cli/prompt`, with the line, if it is empty or leaves the model no room for an answer.
 */
export function encodePrompt({ text, place }: Prompt, { tokenizer, task, length }: Reader): Example {
  const refuse = (problem: string) => new DataError("cli/prompt", place ? `${place}: ${problem}` : problem);
  if (text === "") throw refuse("a prompt is empty; give at least one character");
  const example: Example =
    task === "pairs" ? { source: tokenizer.encodeSource(text), target: [] } : { tokens: tokenizer.encodeTarget(text) };
  const taken = exampleLength(example, tokenizer.special);
  if (taken <= length) return example;
  const shown = JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
  throw refuse(`the prompt ${shown} takes ${taken} positions, the model has ${length}; shorten it`);
}
