import { createInterface } from "node:readline/promises";
import { ConfigError } from "@trivium/core";
import { type GenerateEvent, generate } from "@trivium/generate";
import type { Command } from "commander";
import { defineCommand } from "../command-context.ts";
import { loadRun } from "../load-run.ts";
import { parseCount } from "../parse-count.ts";

export function generateCommand(program: Command): void {
  const command = program
    .command("generate")
    .argument("<run>", "folder of a run")
    .argument("[prompt...]", "sources or beginnings of texts. Default: lines from standard input")
    .description("Let a trained model answer prompts, greedily.")
    .option("--tokens <count>", "the most tokens of an answer", "64")
    .option("--backend <name>", "another backend than it was trained on");
  defineCommand(command, async (context) => {
    const { flags, positional, output } = context;
    const [directory, ...given] = positional as [string, ...string[]];
    const prompts = given.length > 0 ? given : await readLines();
    const maximumTokens = parseCount("tokens", flags.tokens);
    const run = await loadRun(
      directory,
      context,
      flags.backend === undefined ? {} : { backend: String(flags.backend) },
    );
    const { model, parameters, objective, tokenizer } = run;
    const examples = prompts.map((prompt) =>
      run.task === "pairs"
        ? { source: tokenizer.encodeSource(prompt), target: [] }
        : { tokens: tokenizer.encodeTarget(prompt) },
    );
    const answers: { prompt: string; answer: string; stopped: string }[] = [];
    for await (const event of generate({
      model,
      parameters,
      objective,
      examples,
      maximumTokens,
    }) as AsyncIterable<GenerateEvent>) {
      if (event.type !== "generated") continue;
      const { ids, stopped } = event.result;
      answers[event.index] = { prompt: prompts[event.index] as string, answer: tokenizer.decodeTarget(ids), stopped };
    }
    output.result(answers, () => answers.map(({ prompt, answer }) => `${prompt}\t${answer}`).join("\n"));
  });
}

async function readLines(): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of createInterface({ input: process.stdin })) if (line.trim()) lines.push(line);
  if (lines.length === 0)
    throw new ConfigError("cli/prompt", "there is no prompt; give some after the run, or lines on standard input");
  return lines;
}
