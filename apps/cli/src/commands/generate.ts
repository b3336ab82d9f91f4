import { ConfigError } from "@trivium/core";
import { describeUnknown } from "@trivium/data";
import { behindPrompt, collectAnswers, generate, type Strategy, stopStrings } from "@trivium/generate";
import type { Command } from "commander";
import { type CommandContext, defineCommand } from "../command-context.ts";
import { notingEngine } from "../note-engine.ts";
import { addEngineFlags, MODEL_ARGUMENT, openRun } from "../open-run.ts";
import { parseCount } from "../parse-count.ts";
import { encodePrompt, readPrompts } from "../prompts.ts";
import { addStrategyFlags, strategyOf } from "../strategy-flags.ts";

export function generateCommand(program: Command): void {
  const command = program
    .command("generate")
    .argument("[model]", MODEL_ARGUMENT)
    .argument("[prompt...]", "sources or beginnings of texts. Default: lines from standard input")
    .description("Let a trained model answer prompts.")
    .option("--model <place>", "the model, in the place of the first argument")
    .option("--prompt <text...>", "prompts, in the place of the other arguments")
    .option("--tokens <count>", "the most tokens of an answer", "64")
    .option("--samples <count>", "answers of each prompt", "1")
    .option("--seed <number>", "decides what is drawn", "0")
    .option("--stop <text...>", "end an answer before this text");
  defineCommand(addEngineFlags(addStrategyFlags(command)), runGeneration);
}

async function runGeneration(context: CommandContext): Promise<void> {
  const { flags, positional, output } = context;
  const { directory, given } = requestOf(flags, positional as string[]);
  const { name, options } = strategyOf(flags);
  const settings = {
    maximumTokens: parseCount("tokens", flags.tokens),
    samples: parseCount("samples", flags.samples),
    seed: parseCount("seed", flags.seed, 0),
    stop: flags.stop ? [stopStrings({ strings: flags.stop as string[] })] : [],
  };
  assertDraws(name, settings.samples);
  const run = await openRun(directory, context);
  const strategy = run.registry.create("strategy", name, options) as Strategy;
  const asked = given.length > 0 ? given.map((text) => ({ text })) : await readPrompts(context);
  const prompts = asked.map(({ text }) => text);
  const examples = asked.map((prompt) => encodePrompt(prompt, run));
  const { model, parameters, objective, tokenizer, task } = run;
  const { special } = tokenizer;
  const texts = prompts.map((text) => (task === "pairs" ? { source: text, target: "" } : { text }));
  const unknown = describeUnknown("the prompts", texts, tokenizer, examples);
  if (unknown !== undefined) output.note(unknown);
  const decode = (ids: readonly number[]): string => tokenizer.decodeTarget(ids);
  const decodeText = task === "pairs" ? decode : behindPrompt(decode);
  const request = { model, parameters, objective, special, tokenizer, examples, decodeText, strategy, ...settings };
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
  const broken = results.filter(({ answer }) => /[\n\r]/.test(answer)).length;
  if (broken > 0 && !output.json)
    output.note(`warning: line ends stand in ${broken} of ${results.length} answers; --json keeps answers apart`);
  output.result(results, () => results.map(({ prompt, answer }) => `${prompt}${separator}${answer}`).join("\n"));
}

/** The folder and the prompts, by their flags or in order. @throws {ConfigError} `cli/model` if there is no folder. */
function requestOf({ model, prompt }: CommandContext["flags"], positional: readonly string[]) {
  const all = model === undefined ? positional : [model as string, ...positional];
  const [directory, ...given] = all;
  if (directory === undefined) throw new ConfigError("cli/model", "which model? Give its place first, or with --model");
  return { directory, given: [...given, ...((prompt as string[] | undefined) ?? [])] };
}

/** Several answers of a strategy that draws nothing would be the same one. @throws {ConfigError} `cli/strategy` */
function assertDraws(strategy: string, samples: number): void {
  if (samples === 1 || !["greedy", "beam", "length-beam"].includes(strategy)) return;
  const problem = `--samples ${samples}: the strategy ${strategy} gives the same answer each time`;
  throw new ConfigError("cli/strategy", `${problem}; leave it out, or draw with --strategy sample`);
}
