import { type OpenedModel, recipeSchema } from "@trivium/compose";
import { ConfigError } from "@trivium/core";
import { type Evaluation, evaluate, type ShownAnswer } from "@trivium/evaluator";
import { consume } from "@trivium/trainer";
import type { Command } from "commander";
import { type CommandContext, defineCommand } from "../command-context.ts";
import { prepareHeldOut } from "../held-out-data.ts";
import { metricsOf } from "../metrics-of.ts";
import { noteEngine } from "../note-engine.ts";
import { addEngineFlags, addWeightsFlag, openRun, weightsOf } from "../open-run.ts";
import { parseBeam, parseCount } from "../parse-count.ts";
import { parseOptions } from "../parse-options.ts";
import { joinModel } from "../ranks/join-model.ts";
import { joinRanks, outputOfRank } from "../ranks/join-ranks.ts";
import { readRecipeFlags } from "../read-settings.ts";
import { dataFlags } from "../recipe-flags.ts";
import { answerText } from "../report/answers-table.ts";
import { addFlags } from "../setting-flags.ts";
import { interruptedExitCode, stopOnSignals } from "../stop-on-signals.ts";
import { table } from "../table.ts";

export function evaluateCommand(program: Command): void {
  const command = program
    .command("evaluate")
    .argument("<run>", "folder of a run")
    .description("Score a trained model on the held-out test part of its data, or on a file that it has not seen.")
    .option("--data <source>", "another file, all of it, or the test part of another dataset")
    .option("--seen <what>", "refuse or warn, if the model was trained on some of --data", "refuse")
    .option("--decoded <count>", "how many examples to decode", "2000")
    .option("--show <count>", "print the first decoded examples: source, reference, answer", "0")
    .option("--beam <count>", "decode by beam search, with so many open hypotheses. Default: greedily")
    .option(
      "--unit <unit>",
      "error rates count characters, or symbols between blanks. Default: what suits the tokenizer",
    )
    .option("--metrics <names>", "what decoded text is scored by: bleu,chrf,rouge-l,… (trivium list metric)")
    .option("--metrics-options <json>", 'options of metrics by name: {"chrf":{"wordOrder":2}}');
  addFlags(command, ofData);
  defineCommand(addWeightsFlag(addEngineFlags(command)), runEvaluation);
}

/** Flags of how another file is read. */
const ofData = {
  sourceColumn: dataFlags.sourceColumn,
  targetColumn: dataFlags.targetColumn,
  tooLong: recipeSchema.shape.tooLong,
};

const dataFlagsOf = (flags: CommandContext["flags"]) =>
  Object.fromEntries(Object.entries(flags).filter(([flag]) => flag in ofData));

async function runEvaluation(context: CommandContext): Promise<void> {
  const { flags, positional } = context;
  const collective = await joinRanks();
  const output = outputOfRank(collective, context.output);
  const [directory] = positional as [string];
  const decoded = parseCount("decoded", flags.decoded, 0);
  const shown = parseCount("show", flags.show, 0);
  const beam = parseBeam(flags.beam);
  const unit = flags.unit === undefined ? undefined : parseChoice("unit", flags.unit, ["character", "symbol"]);
  const options = parseOptions("metrics-options", flags.metricsOptions);
  const run = await openRun(directory, context, { weights: weightsOf(context) });
  assertBeam(beam, run.model);
  const names = (flags.metrics as string | undefined)?.split(",").map((name) => name.trim()) ?? [];
  const metrics = metricsOf({ names, options }, { registry: run.registry, task: run.task, decoded });
  const given = flags.data as string | undefined;
  const seenChoice = parseChoice("seen", flags.seen, ["refuse", "warn"]);
  const asked = { given, flags: readRecipeFlags(dataFlagsOf(flags)), seen: seenChoice, output };
  const { name, heldOut, seen, tooLong } = await prepareHeldOut(run, asked);
  const { model, parameters, objective, tokenizer, length: maximumTokens } = run;
  const { special } = tokenizer;
  const decodeTarget = (ids: readonly number[]) => tokenizer.decodeTarget(ids);
  const examples = heldOut.map(({ example }) => example);
  const share = await joinModel(collective, run, { examples, decoded, beam: flags.beam });
  await noteEngine(run.engine, output);
  const progress = output.progress("evaluate");
  const { signal, release } = stopOnSignals(output);
  const limits = { decoded, shown, unit, maximumTokens, signal, ...beam };
  const scored = { model, parameters, objective, special, tokenizer, heldOut, decodeTarget };
  const stream = evaluate({ ...scored, metrics, ...limits, share });
  const evaluation = await consume(stream, (event) => {
    if (event.type === "progress") progress.update(event.done, event.total, event.phase);
  }).finally(() => {
    progress.stop();
    release();
  });
  if ((await share?.gather(signal.aborted))?.includes(true) ?? signal.aborted) {
    output.note("stopped before everything was scored");
    process.exitCode = interruptedExitCode;
    return;
  }
  const scores = evaluation.metrics && { metrics: evaluation.metrics.map(({ segments, ...whole }) => whole) };
  const result = { run: directory, step: run.step, data: name, seen, tooLong, ...beam, ...evaluation, ...scores };
  output.result(result, () => describe(evaluation));
}

/** Before anything is scored. @throws {ConfigError} `cli/count` */
function assertBeam({ beam = 1 }: ReturnType<typeof parseBeam>, { vocabulary }: OpenedModel["model"]): void {
  if (beam <= vocabulary) return;
  throw new ConfigError("cli/count", `--beam is at most the ${vocabulary} tokens of the vocabulary, got ${beam}`);
}

/** @throws {ConfigError} `cli/settings` if a flag has another value. */
function parseChoice<Choice extends string>(flag: string, value: unknown, choices: readonly Choice[]): Choice {
  const choice = choices.find((one) => one === value);
  if (choice !== undefined) return choice;
  throw new ConfigError("cli/settings", `--${flag}: ${choices.join(" or ")}, got ${JSON.stringify(value)}`);
}

function describe(evaluation: Evaluation): string {
  const { targetLoss, perplexity, bitsPerCharacter, bitsPerByte, targetTokens, unit, per, wer, examples } = evaluation;
  const lines = [
    `${targetLoss.toFixed(4)} nats per target token over ${targetTokens} tokens`,
    `perplexity ${perplexity.toFixed(3)}, ${bitsPerCharacter.toFixed(4)} bits per character, ${bitsPerByte.toFixed(4)} per byte`,
  ];
  for (const [task, { targetLoss, targetTokens }] of Object.entries(evaluation.tasks ?? {}))
    lines.push(`${task}: ${targetLoss.toFixed(4)} nats per target token over ${targetTokens} tokens`);
  if (per !== undefined)
    lines.push(`${unit} error rate ${per.toFixed(4)}, sequence error rate ${wer?.toFixed(4)} on ${examples} examples`);
  for (const { name, score, signature } of evaluation.metrics ?? [])
    lines.push(`${name} ${score.toFixed(4)} (${signature})`);
  if (evaluation.shown) lines.push("", shownTable(evaluation.shown, unit));
  return lines.join("\n");
}

/** `[wrong]` and `(missing)` characters or symbols of an answer are marked. */
function shownTable(shown: readonly ShownAnswer[], unit: Evaluation["unit"]): string {
  const rows = shown.map(({ source = "", references, pieces }) => [
    source,
    references.join(" / "),
    answerText(pieces, unit),
  ]);
  return table([["source", "reference", "answer: [wrong], (missing)"], ...rows]);
}
