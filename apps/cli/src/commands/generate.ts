import { createInterface } from "node:readline/promises";
import type { OpenedModel } from "@trivium/compose";
import { ConfigError, DataError } from "@trivium/core";
import { exampleLength } from "@trivium/data";
import type { Example } from "@trivium/features";
import { collectAnswers, generate, type Strategy, stopStrings } from "@trivium/generate";
import type { Command } from "commander";
import { type CommandContext, defineCommand } from "../command-context.ts";
import { flagName } from "../flag-name.ts";
import { notingEngine } from "../note-engine.ts";
import { addEngineFlags, openRun } from "../open-run.ts";
import { parseCount } from "../parse-count.ts";
import { parseOptions } from "../parse-options.ts";

export function generateCommand(program: Command): void {
  const command = program
    .command("generate")
    .argument("<run>", "folder of a run")
    .argument("[prompt...]", "sources or beginnings of texts. Default: lines from standard input")
    .description("Let a trained model answer prompts.")
    .option("--tokens <count>", "the most tokens of an answer", "64")
    .option("--strategy <name>", "greedy, sample or beam. Default: what the other flags are for, else greedy")
    .option("--strategy-options <json>", "options of the strategy, as JSON")
    .option("--beam <count>", "beam: how many hypotheses stay open")
    .option("--temperature <number>", "sample: divisor of the logits")
    .option("--top-k <count>", "sample: draw from so many tokens")
    .option("--top-p <share>", "sample: draw from the most probable tokens that have this probability together")
    .option("--samples <count>", "answers of each prompt", "1")
    .option("--seed <number>", "decides what is drawn", "0")
    .option("--stop <text...>", "end an answer before this text");
  defineCommand(addEngineFlags(command), runGeneration);
}

async function runGeneration(context: CommandContext): Promise<void> {
  const { flags, positional, output } = context;
  const [directory, ...given] = positional as [string, ...string[]];
  const { name, options } = strategyOf(flags);
  const settings = {
    maximumTokens: parseCount("tokens", flags.tokens),
    strategy: (await context.registry()).create("strategy", name, options) as Strategy,
    samples: parseCount("samples", flags.samples),
    seed: parseCount("seed", flags.seed, 0),
    stop: flags.stop ? [stopStrings({ strings: flags.stop as string[] })] : [],
  };
  const run = await openRun(directory, context);
  const prompts = given.length > 0 ? given : await readLines(context);
  const examples = prompts.map((prompt) => encodePrompt(prompt, run));
  const { model, parameters, objective, tokenizer, task } = run;
  const { special } = tokenizer;
  const decodeText = (ids: readonly number[]): string => tokenizer.decodeTarget(ids);
  const request = { model, parameters, objective, special, examples, decodeText, ...settings };
  const events = notingEngine(generate(request), run.engine, output);
  const separator = task === "pairs" ? "\t" : "";
  if (prompts.length === 1 && settings.samples === 1 && !output.json) {
    // Nothing is printed before it is known that there is an answer.
    let before = `${prompts[0]}${separator}`;
    for await (const event of events) {
      output.part(event.type === "text" ? before + event.text : before);
      before = "";
    }
    return output.part("\n");
  }
  const answers = await collectAnswers(events);
  const results = answers.flatMap((samples, index) =>
    samples.map(({ text, reason }) => ({ prompt: prompts[index] as string, answer: text, stopped: reason })),
  );
  output.result(results, () => results.map(({ prompt, answer }) => `${prompt}${separator}${answer}`).join("\n"));
}

/** The strategy that the flags name, or are for. @throws {ConfigError} `cli/strategy` if one is of another strategy. */
function strategyOf(flags: CommandContext["flags"]): { name: string; options: Readonly<Record<string, unknown>> } {
  const given = (names: readonly string[]) => names.filter((name) => flags[name] !== undefined);
  const own = { greedy: [], sample: given(["temperature", "topK", "topP"]), beam: given(["beam"]) };
  const name = (flags.strategy ??
    (own.beam.length > 0 ? "beam" : own.sample.length > 0 ? "sample" : "greedy")) as string;
  const others = Object.entries(own).flatMap(([strategy, names]) => (strategy === name ? [] : names));
  if (others.length > 0) {
    const words = others.map(flagName).join(", ");
    throw new ConfigError(
      "cli/strategy",
      `the strategy ${name} does not take ${words}; leave it out, or choose another`,
    );
  }
  const counts = ["beam", "topK"];
  const read = (flag: string): number =>
    counts.includes(flag) ? parseCount(flagName(flag).slice(2), flags[flag]) : Number(flags[flag]);
  const names = own[name as keyof typeof own] ?? [];
  const said = Object.fromEntries(names.map((flag) => [flag, read(flag)]));
  return { name, options: { ...parseOptions("strategy-options", flags.strategyOptions), ...said } };
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

async function readLines({ output }: CommandContext): Promise<string[]> {
  if (process.stdin.isTTY) output.note("type prompts, one a line; Ctrl-D ends them");
  const lines: string[] = [];
  for await (const line of createInterface({ input: process.stdin })) if (line.trim() !== "") lines.push(line);
  if (lines.length > 0) return lines;
  throw new ConfigError("cli/prompt", "there is no prompt; give some after the run, or lines on standard input");
}
