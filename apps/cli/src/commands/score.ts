import { extname } from "node:path";
import type { OpenedModel } from "@trivium/compose";
import { ConfigError } from "@trivium/core";
import { DATA_FILE_EXTENSIONS, readExamples, readLines } from "@trivium/data/node";
import { type LikelihoodSums, likelihood, scoreTexts, type TextScore } from "@trivium/evaluator";
import type { TextExample } from "@trivium/features";
import type { Command } from "commander";
import { type CommandContext, defineCommand } from "../command-context.ts";
import { noteEngine } from "../note-engine.ts";
import { addEngineFlags, addWeightsFlag, MODEL_ARGUMENT, openRun, weightsOf } from "../open-run.ts";

export function scoreCommand(program: Command): void {
  const command = program
    .command("score")
    .argument("<model>", MODEL_ARGUMENT)
    .argument(
      "<file>",
      "a .tsv (source, tab, target), a .jsonl, or text, of which each line counts; - is standard input",
    )
    .option("--logprobs", "with --json: the log-probability of each token")
    .description("Tell how likely texts are under a model: log-probability and perplexity of each line, and of all.");
  defineCommand(addWeightsFlag(addEngineFlags(command)), runScore);
}

async function runScore(context: CommandContext): Promise<void> {
  const { flags, positional, output } = context;
  if (flags.logprobs === true && !output.json)
    throw new ConfigError("cli/logprobs", "--logprobs are told as JSON; add --json");
  const [place, file] = positional as [string, string];
  const opened = await openRun(place, context, { weights: weightsOf(context) });
  await noteEngine(opened.engine, output);
  const lines: ScoredLine[] = [];
  const all = { nats: 0, tokens: 0, characters: 0, bytes: 0 };
  for await (const score of scoreTexts({ ...opened, texts: textsOf(file) })) {
    lines.push({ ...measured(score), each: flags.logprobs === true ? eachOf(score, opened) : undefined });
    for (const key of ["nats", "tokens", "characters", "bytes"] as const) all[key] += score[key];
    if (!output.json) output.part(`${shown(score)}\n`);
  }
  const total = measured(all);
  output.result({ model: opened.name, file, lines, total }, () => `${shown(all)}\tall ${lines.length}`);
}

/** The examples of a data file, or the lines of a text that hold something. */
async function* textsOf(file: string): AsyncGenerator<TextExample> {
  const extension = extname(file).toLowerCase();
  if (extension !== ".txt" && DATA_FILE_EXTENSIONS.includes(extension)) {
    yield* readExamples(file);
    return;
  }
  const from = file === "-" ? process.stdin : file;
  const name = file === "-" ? "standard input" : file;
  for await (const { text } of readLines(from, { name })) if (text.trim() !== "") yield { text };
}

type Sums = LikelihoodSums;

interface ScoredLine extends ReturnType<typeof measured> {
  /** The tokens. Undefined where nobody asks for them. */
  readonly each?: ReturnType<typeof eachOf> | undefined;
}

const eachOf = ({ ids, tokenNats }: TextScore, { tokenizer }: OpenedModel) =>
  ids.map((id, at) => ({ id, text: tokenizer.decodeTarget([id]), logProbability: -(tokenNats[at] as number) }));

/** The text of a line of the result. */
function measured(sums: Sums) {
  const { loss, perplexity, bitsPerCharacter, bitsPerByte, tokens } = likelihood(sums);
  return { logProbability: -sums.nats, tokens, loss, perplexity, bitsPerCharacter, bitsPerByte };
}

/** Log-probability, tokens and perplexity, between tabs. */
function shown(sums: Sums): string {
  const { logProbability, tokens, perplexity } = measured(sums);
  return `${logProbability.toFixed(4)}\t${tokens}\t${perplexity.toFixed(4)}`;
}
