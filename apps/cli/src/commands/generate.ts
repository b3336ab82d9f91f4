import { type AnswerRequest, answerOptions } from "@trivium/compose";
import { ConfigError } from "@trivium/core";
import { describeUnknown } from "@trivium/data";
import { type Answered, collectAnswers, generate, type LogProbabilityOptions } from "@trivium/generate";
import type { Command } from "commander";
import { addAnswerFlags, answersOfFlags, strategyOf } from "../answer-flags.ts";
import { type CommandContext, defineCommand } from "../command-context.ts";
import { notingEngine } from "../note-engine.ts";
import { addEngineFlags, MODEL_ARGUMENT, openRun } from "../open-run.ts";
import { parseCount } from "../parse-count.ts";
import { encodePrompt, readPrompts } from "../prompts.ts";

export function generateCommand(program: Command): void {
  const command = program
    .command("generate")
    .argument("[model]", MODEL_ARGUMENT)
    .argument("[prompt...]", "sources or beginnings of texts. Default: lines from standard input")
    .description("Let a trained model answer prompts.")
    .option("--model <place>", "the model, in the place of the first argument")
    .option("--prompt <text...>", "prompts, in the place of the other arguments");
  addAnswerFlags(command)
    .option("--samples <count>", "answers of each prompt: drawn, or the best of a length-beam. Default: 1")
    .option("--n <count>", "the same as --samples")
    .option("--logprobs [count]", "with --json: log-probabilities of tokens, and of so many of the most probable ones")
    .option(
      "--logprobs-of <which>",
      "model: the model's own distribution; processed: the one that was chosen by",
      "model",
    );
  defineCommand(addEngineFlags(command), runGeneration);
}

async function runGeneration(context: CommandContext): Promise<void> {
  const { flags, positional, output } = context;
  const { directory, given } = requestOf(flags, positional as string[]);
  const samples = samplesOf(flags);
  const logProbabilities = logProbabilitiesOf(flags, output.json);
  strategyOf(flags);
  const run = await openRun(directory, context);
  const { seed, ...options } = answersOfFlags(flags, run);
  const request = answerOptions(run, { ...options, samples });
  assertDraws(request);
  const asked = given.length > 0 ? given.map((text) => ({ text })) : await readPrompts(context);
  const prompts = asked.map(({ text }) => text);
  const examples = asked.map((prompt) => encodePrompt(prompt, run));
  const { tokenizer, task } = run;
  const texts = prompts.map((text) => (task === "pairs" ? { source: text, target: "" } : { text }));
  const unknown = describeUnknown("the prompts", texts, tokenizer, examples);
  if (unknown !== undefined) output.note(unknown);
  const events = notingEngine(generate({ ...request, examples, seed, logProbabilities }), run.engine, output);
  const separator = task === "pairs" ? "\t" : "";
  if (prompts.length === 1 && request.samples === 1 && !output.json) {
    // Nothing is printed before it is known that there is an answer.
    let before = `${prompts[0]}${separator}`;
    for await (const event of events) {
      output.part(event.type === "text" ? before + event.text : before);
      before = "";
    }
    return output.part("\n");
  }
  const answers = await collectAnswers(events);
  const spell = (id: number): string => tokenizer.decodeTarget([id]);
  const results = answers.flatMap((all, index) =>
    all.map((answer) => ({
      prompt: prompts[index] as string,
      answer: answer.text,
      stopped: answer.reason,
      tokens: scoredTokens(answer, spell),
    })),
  );
  const broken = results.filter(({ answer }) => /[\n\r]/.test(answer)).length;
  if (broken > 0 && !output.json)
    output.note(`warning: line ends stand in ${broken} of ${results.length} answers; --json keeps answers apart`);
  output.result(results, () => results.map(({ prompt, answer }) => `${prompt}${separator}${answer}`).join("\n"));
}

/** The tokens of an answer with their log-probabilities; undefined where none were asked for. */
const scoredTokens = ({ ids, scores }: Answered, spell: (id: number) => string) =>
  scores?.map(({ logProbability, top }, at) => ({
    id: ids[at],
    text: spell(ids[at] as number),
    logProbability,
    top: top?.map((one) => ({ ...one, text: spell(one.id) })),
  }));

/** The folder and the prompts, by their flags or in order. @throws {ConfigError} `cli/model` if there is no folder. */
function requestOf({ model, prompt }: CommandContext["flags"], positional: readonly string[]) {
  const all = model === undefined ? positional : [model as string, ...positional];
  const [directory, ...given] = all;
  if (directory === undefined) throw new ConfigError("cli/model", "which model? Give its place first, or with --model");
  return { directory, given: [...given, ...((prompt as string[] | undefined) ?? [])] };
}

/** @throws {ConfigError} `cli/count`, or `cli/settings` if both flags are given. */
function samplesOf({ samples, n }: CommandContext["flags"]): number | undefined {
  if (samples !== undefined && n !== undefined)
    throw new ConfigError("cli/settings", "--n and --samples are the same; leave one of both out");
  if (samples !== undefined) return parseCount("samples", samples);
  return n === undefined ? undefined : parseCount("n", n);
}

/** @throws {ConfigError} `cli/logprobs` without `--json`, or for another distribution. */
function logProbabilitiesOf(flags: CommandContext["flags"], json: boolean): LogProbabilityOptions | undefined {
  const { logprobs, logprobsOf: of } = flags;
  if (of !== "model" && of !== "processed")
    throw new ConfigError("cli/logprobs", `--logprobs-of is model or processed, got ${of}`);
  if (logprobs === undefined) return undefined;
  if (!json) throw new ConfigError("cli/logprobs", "--logprobs are told as JSON; add --json");
  return { top: logprobs === true ? 0 : parseCount("logprobs", logprobs, 0), of };
}

/** Several answers of a strategy that draws nothing would be the same one. @throws {ConfigError} `cli/strategy` */
function assertDraws({ strategy, samples = 1 }: AnswerRequest): void {
  const name = strategy?.name ?? "greedy";
  if (samples === 1 || !["greedy", "beam"].includes(name)) return;
  const problem = `--samples ${samples}: the strategy ${name} gives the same answer each time`;
  const remedy = "leave it out, draw with --strategy sample, or take the best of --strategy length-beam --beam";
  throw new ConfigError("cli/strategy", `${problem}; ${remedy} ${samples}`);
}
