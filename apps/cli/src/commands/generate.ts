import { createInterface } from "node:readline/promises";
import type { OpenedModel } from "@trivium/compose";
import { ConfigError, DataError } from "@trivium/core";
import { exampleLength } from "@trivium/data";
import type { Example } from "@trivium/features";
import { type GenerateOptions, generate } from "@trivium/generate";
import type { Command } from "commander";
import { type CommandContext, defineCommand } from "../command-context.ts";
import { addEngineFlags, openRun } from "../open-run.ts";
import { parseBeam, parseCount } from "../parse-count.ts";

export function generateCommand(program: Command): void {
  const command = program
    .command("generate")
    .argument("<run>", "folder of a run")
    .argument("[prompt...]", "sources or beginnings of texts. Default: lines from standard input")
    .description("Let a trained model answer prompts.")
    .option("--tokens <count>", "the most tokens of an answer", "64")
    .option("--beam <count>", "search with so many open hypotheses. Default: greedily");
  defineCommand(addEngineFlags(command), runGeneration);
}

async function runGeneration(context: CommandContext): Promise<void> {
  const { flags, positional, output } = context;
  const [directory, ...given] = positional as [string, ...string[]];
  const maximumTokens = parseCount("tokens", flags.tokens);
  const beam = parseBeam(flags.beam);
  const run = await openRun(directory, context);
  const prompts = given.length > 0 ? given : await readLines(context);
  const examples = prompts.map((prompt) => encodePrompt(prompt, run));
  const { model, parameters, objective, tokenizer, task } = run;
  const { special } = tokenizer;
  const answers = await collect({ model, parameters, objective, special, examples, maximumTokens, ...beam });
  const results = answers.map(({ ids, stopped }, index) => ({
    prompt: prompts[index] as string,
    answer: tokenizer.decodeTarget(ids),
    stopped,
  }));
  const separator = task === "pairs" ? "\t" : "";
  output.result(results, () => results.map(({ prompt, answer }) => `${prompt}${separator}${answer}`).join("\n"));
}

/** @throws {DataError} `cli/prompt` if it is empty or leaves the model no room for an answer. */
function encodePrompt(prompt: string, { tokenizer, task, length }: OpenedModel): Example {
  const example: Example =
    task === "pairs"
      ? { source: tokenizer.encodeSource(prompt), target: [] }
      : { tokens: tokenizer.encodeTarget(prompt) };
  const taken = exampleLength(example, tokenizer.special);
  const shown = JSON.stringify(prompt.length > 40 ? `${prompt.slice(0, 40)}…` : prompt);
  if (prompt === "") throw new DataError("cli/prompt", "a prompt is empty; give at least one character");
  if (taken <= length) return example;
  throw new DataError(
    "cli/prompt",
    `the prompt ${shown} takes ${taken} positions, the model has ${length}; shorten it`,
  );
}

async function collect(request: GenerateOptions) {
  const answers: Extract<GenerateEvents, { type: "generated" }>["result"][] = [];
  for await (const event of generate(request)) if (event.type === "generated") answers[event.index] = event.result;
  return answers;
}

type GenerateEvents = ReturnType<typeof generate> extends AsyncGenerator<infer Event> ? Event : never;

async function readLines({ output }: CommandContext): Promise<string[]> {
  if (process.stdin.isTTY) output.note("type prompts, one a line; Ctrl-D ends them");
  const lines: string[] = [];
  for await (const line of createInterface({ input: process.stdin })) if (line.trim() !== "") lines.push(line);
  if (lines.length > 0) return lines;
  throw new ConfigError("cli/prompt", "there is no prompt; give some after the run, or lines on standard input");
}
