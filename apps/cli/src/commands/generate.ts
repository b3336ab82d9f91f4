import { type AnswerRequest, answerOptions, chatAnswers, type OpenedModel } from "@trivium/compose";
import { ConfigError } from "@trivium/core";
import { describeUnknown } from "@trivium/data";
import { fromFirst, type RankShare } from "@trivium/distributed";
import type { Example } from "@trivium/features";
import {
  type Answered,
  collectAnswers,
  type GenerateEvent,
  type GenerateOptions,
  generate,
  type LogProbabilityOptions,
} from "@trivium/generate";
import type { Command } from "commander";
import {
  type AskedAnswers,
  addAnswerFlags,
  addChatFlags,
  answersOfFlags,
  chatTemplateOf,
  strategyOf,
} from "../answer-flags.ts";
import { type CommandContext, defineCommand } from "../command-context.ts";
import { notingEngine } from "../note-engine.ts";
import { addEngineFlags, addWeightsFlag, MODEL_ARGUMENT, openRun, weightsOf } from "../open-run.ts";
import type { Output } from "../output.ts";
import { parseCount } from "../parse-count.ts";
import { encodePrompt, type Prompt, readPrompts } from "../prompts.ts";
import { joinModel } from "../ranks/join-model.ts";
import { joinRanks, outputOfRank } from "../ranks/join-ranks.ts";

export function generateCommand(program: Command): void {
  const command = program
    .command("generate")
    .argument("[model]", MODEL_ARGUMENT)
    .argument("[prompt...]", "sources or beginnings of texts. Default: lines from standard input")
    .description("Let a trained model answer prompts.")
    .option("--model <place>", "the model, in the place of the first argument")
    .option("--prompt <text...>", "prompts, in the place of the other arguments")
    .option("--chat", "each prompt is the first message of a conversation, by the model's chat template");
  addAnswerFlags(addChatFlags(command))
    .option("--stream", "show each answer as it comes, one after the other. Default for a single prompt")
    .option("--samples <count>", "answers of each prompt: drawn, or the best of a length-beam. Default: 1")
    .option("--n <count>", "the same as --samples")
    .option("--logprobs [count]", "with --json: log-probabilities of tokens, and of so many of the most probable ones")
    .option(
      "--logprobs-of <which>",
      "model: the model's own distribution; processed: the one that was chosen by",
      "model",
    );
  defineCommand(addWeightsFlag(addEngineFlags(command)), runGeneration);
}

async function runGeneration(context: CommandContext): Promise<void> {
  const { flags, positional } = context;
  const collective = await joinRanks();
  const output = outputOfRank(collective, context.output);
  const { directory, given } = requestOf(flags, positional as string[]);
  const samples = samplesOf(flags);
  const logProbabilities = logProbabilitiesOf(flags, output.json);
  strategyOf(flags);
  assertChat(flags);
  const reading = { weights: weightsOf(context), chatTemplate: await chatTemplateOf(flags) };
  const run = await openRun(directory, context, reading);
  const { seed, ...options } = answersOfFlags(flags, run);
  const { request, exampleOf } = answererOf(run, flags, { ...options, samples });
  assertDraws(request);
  const asked =
    given.length > 0 ? given.map((text) => ({ text })) : await fromFirst(collective, () => readPrompts(context));
  const prompts = asked.map(({ text }) => text);
  const examples = asked.map(exampleOf);
  if (flags.chat !== true) noteUnknown(run, prompts, { examples, output });
  const events = (some: Pick<GenerateOptions, "examples" | "seed" | "share">) =>
    notingEngine(generate({ ...request, ...some, logProbabilities }), run.engine, output);
  const separator = run.task === "pairs" || flags.chat === true ? "\t" : "";
  if (isStreamed(flags, { prompts: prompts.length, samples: request.samples ?? 1, json: output.json })) {
    // One answer after the other is the work of one rank.
    if (collective.rank === 0) await streamAnswers(prompts, { examples, seed, events, separator, output });
    return;
  }
  const share = await joinModel(collective, run, { examples, seed, flags: { ...flags, model: undefined } });
  const own = await collectAnswers(events({ examples, seed, share }));
  showAnswers(await joinAnswers(own, share), prompts, { run, separator, output });
}

/** The answers to all prompts, each of which one rank has found. */
async function joinAnswers(own: readonly Answered[][], share: RankShare | undefined): Promise<readonly Answered[][]> {
  if (!share) return own;
  const parts = await share.gather(Object.entries(own));
  return Object.values(Object.fromEntries(parts.flat()));
}

interface Streaming extends Required<Pick<GenerateOptions, "examples" | "seed">> {
  readonly events: (some: Pick<GenerateOptions, "examples" | "seed">) => AsyncIterable<GenerateEvent>;
  readonly separator: string;
  readonly output: Output;
}

/** Shows answers as they come, one after the other. */
async function streamAnswers(
  prompts: readonly string[],
  { examples, seed, events, separator, output }: Streaming,
): Promise<void> {
  for (const [at, example] of examples.entries()) {
    // Nothing is printed before it is known that there is an answer.
    let before = `${prompts[at]}${separator}`;
    for await (const event of events({ examples: [example], seed: at === 0 ? seed : `${seed}/${at}` })) {
      output.part(event.type === "text" ? before + event.text : before);
      before = "";
    }
    output.part("\n");
  }
}

/** The function that answers prompts: texts that go on, sources, or messages of conversations. */
function answererOf(run: OpenedModel, { chat, system }: CommandContext["flags"], options: Omit<AskedAnswers, "seed">) {
  if (chat !== true)
    return { request: answerOptions(run, options), exampleOf: (prompt: Prompt) => encodePrompt(prompt, run) };
  const { request, exampleOf } = chatAnswers(run, options);
  const first = system === undefined ? [] : [{ role: "system", content: system as string }];
  return { request, exampleOf: ({ text }: Prompt) => exampleOf([...first, { role: "user", content: text }]) };
}

/** @throws {ConfigError} `cli/settings` for flags of conversations without one. */
function assertChat({ chat, system, chatTemplate }: CommandContext["flags"]): void {
  if (chat === true || (system === undefined && chatTemplate === undefined)) return;
  const flag = system === undefined ? "--chat-template" : "--system";
  throw new ConfigError("cli/settings", `${flag} is of conversations; add --chat, or leave it out`);
}

interface Asked {
  readonly prompts: number;
  readonly samples: number;
  readonly json: boolean;
}

/**
 * Tells if answers are shown as they come.
 *
 * @throws {ConfigError} `cli/settings` for --stream where they cannot be.
 */
function isStreamed({ stream }: CommandContext["flags"], { prompts, samples, json }: Asked): boolean {
  if (!json && samples === 1) return stream === true || prompts === 1;
  if (stream !== true) return false;
  const message = `--stream shows one answer of each prompt as text; leave out ${json ? "--json" : "--samples, --n"}`;
  throw new ConfigError("cli/settings", message);
}

interface Asking {
  readonly examples: readonly Example[];
  readonly output: Output;
}

/** Notes characters of prompts that the vocabulary lacks. */
function noteUnknown({ task, tokenizer }: OpenedModel, prompts: readonly string[], { examples, output }: Asking): void {
  const texts = prompts.map((text) => (task === "pairs" ? { source: text, target: "" } : { text }));
  const unknown = describeUnknown("the prompts", texts, tokenizer, examples);
  if (unknown !== undefined) output.note(unknown);
}

interface Showing {
  readonly run: OpenedModel;
  readonly separator: string;
  readonly output: Output;
}

function showAnswers(
  answers: readonly (readonly Answered[])[],
  prompts: readonly string[],
  { run: { tokenizer }, separator, output }: Showing,
): void {
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
