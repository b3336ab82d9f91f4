import { type EvaluateEvent, type Evaluation, evaluate } from "@trivium/evaluator";
import { consume } from "@trivium/trainer";
import type { Command } from "commander";
import { defineCommand } from "../command-context.ts";
import { loadRun } from "../load-run.ts";
import { parseCount } from "../parse-count.ts";
import { prepareData } from "../prepare-data.ts";
import { createProgress } from "../progress.ts";

export function evaluateCommand(program: Command): void {
  const command = program
    .command("evaluate")
    .argument("<run>", "folder of a run")
    .description("Score a trained model on the held-out test part of its data.")
    .option("--data <source>", "other data than it was trained on")
    .option("--decoded <count>", "how many examples to decode", "2000")
    .option("--backend <name>", "another backend than it was trained on");
  defineCommand(command, async (context) => {
    const { flags, positional, output } = context;
    const overrides = flags.backend === undefined ? {} : { backend: String(flags.backend) };
    const run = await loadRun(positional[0] as string, context, overrides);
    const chosen = {
      ...run.settings,
      length: run.length,
      ...(flags.data === undefined ? {} : { data: String(flags.data) }),
    };
    const { test, dataset } = await prepareData(chosen, run.registry);
    const progress = createProgress("evaluate");
    const { model, parameters, objective, tokenizer } = run;
    const decodeTarget = (ids: readonly number[]) => tokenizer.decodeTarget(ids);
    const decoded = parseCount("decoded", flags.decoded, 0);
    const request = { model, parameters, objective, heldOut: test, decodeTarget, decoded, maximumTokens: run.length };
    const evaluation = await consume(evaluate(request), (event: EvaluateEvent) => {
      if (event.type === "progress") progress.update(event.done, event.total, event.phase);
    });
    progress.stop();
    output.result({ run: positional[0], step: run.step, data: dataset.name, ...evaluation }, () =>
      describe(evaluation),
    );
  });
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
