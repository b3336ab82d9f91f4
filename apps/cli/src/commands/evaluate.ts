import { resolve } from "node:path";
import { DataError } from "@trivium/core";
import { type Evaluation, evaluate, type HeldOut } from "@trivium/evaluator";
import { consume } from "@trivium/trainer";
import type { Command } from "commander";
import { type CommandContext, defineCommand } from "../command-context.ts";
import { type LoadedRun, loadRun } from "../load-run.ts";
import { parseCount } from "../parse-count.ts";
import { encodeHeldOut, loadDataset, taskOf } from "../prepare-data.ts";
import { interruptedExitCode, stopOnSignals } from "../stop-on-signals.ts";

export function evaluateCommand(program: Command): void {
  const command = program
    .command("evaluate")
    .argument("<run>", "folder of a run")
    .description("Score a trained model on the held-out test part of its data, or on a file that it has not seen.")
    .option("--data <source>", "another file, all of it, or the test part of another dataset")
    .option("--decoded <count>", "how many examples to decode", "2000")
    .option("--backend <name>", "another backend than it was trained on");
  defineCommand(command, runEvaluation);
}

async function runEvaluation(context: CommandContext): Promise<void> {
  const { flags, positional, output } = context;
  const [directory] = positional as [string];
  const decoded = parseCount("decoded", flags.decoded, 0);
  const run = await loadRun(directory, context, flags.backend === undefined ? {} : { backend: String(flags.backend) });
  const { name, heldOut } = await prepareHeldOut(run, flags.data as string | undefined);
  const { model, parameters, objective, tokenizer, length: maximumTokens } = run;
  const decodeTarget = (ids: readonly number[]) => tokenizer.decodeTarget(ids);
  const progress = output.progress("evaluate");
  const { signal, release } = stopOnSignals(output);
  const stream = evaluate({ model, parameters, objective, heldOut, decodeTarget, decoded, maximumTokens, signal });
  const evaluation = await consume(stream, (event) => {
    if (event.type === "progress") progress.update(event.done, event.total, event.phase);
  }).finally(() => {
    progress.stop();
    release();
  });
  if (signal.aborted) {
    output.note("stopped before everything was scored");
    process.exitCode = interruptedExitCode;
    return;
  }
  output.result({ run: directory, step: run.step, data: name, ...evaluation }, () => describe(evaluation));
}

interface Scored {
  readonly name: string;
  readonly heldOut: readonly HeldOut[];
}

/**
 * The test part of the data that the model was trained on, or of another dataset, or all of another file.
 *
 * @throws {DataError} `cli/other-data` if the file has changed since, `cli/task` if it holds pairs for text or text for pairs.
 */
async function prepareHeldOut({ settings, registry, ...run }: LoadedRun, given: string | undefined): Promise<Scored> {
  const { data: trainedOn = "" } = settings;
  const data = given ?? trainedOn;
  const isOwn = resolve(data) === resolve(trainedOn);
  const dataset = await loadDataset({ data, heldOut: isOwn ? settings.heldOut : 0 }, registry);
  if (isOwn && dataset.fingerprint !== run.data) {
    const problem = `${data} has changed since the model was trained, so it may have seen some of the test part`;
    throw new DataError("cli/other-data", `${problem}; restore the file, or give --data a file that it has not seen`);
  }
  if (taskOf(dataset) !== run.task) {
    const [wanted, got] = run.task === "pairs" ? ["pairs", "text"] : ["text", "pairs"];
    throw new DataError("cli/task", `the model was trained on ${wanted}, but ${data} holds ${got}`);
  }
  // A file of which nothing was held out has no test part: all of it is to be scored.
  const examples = dataset.test.length > 0 ? dataset.test : dataset.train;
  return { name: dataset.name, heldOut: encodeHeldOut(examples, run.tokenizer, run.length) };
}

function describe({ targetLoss, perplexity, bitsPerCharacter, targetTokens, per, wer, examples }: Evaluation): string {
  const lines = [
    `${targetLoss.toFixed(4)} nats per target token over ${targetTokens} tokens`,
    `perplexity ${perplexity.toFixed(3)}, ${bitsPerCharacter.toFixed(4)} bits per character`,
  ];
  if (per !== undefined)
    lines.push(`symbol error rate ${per.toFixed(4)}, sequence error rate ${wer?.toFixed(4)} on ${examples} examples`);
  return lines.join("\n");
}
