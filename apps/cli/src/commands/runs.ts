import { jsonDifferences } from "@trivium/core";
import { type Evaluation, evaluate } from "@trivium/evaluator";
import { disposeTree } from "@trivium/tensor";
import { consume } from "@trivium/trainer";
import type { Command } from "commander";
import { type CommandContext, defineCommand } from "../command-context.ts";
import { duration } from "../duration.ts";
import { prepareHeldOut } from "../held-out-data.ts";
import { addEngineFlags, openRun } from "../open-run.ts";
import { parseCount } from "../parse-count.ts";
import { answerText } from "../report/answers-table.ts";
import { findRuns, type RunSummary, readRun } from "../runs/read-run.ts";
import { table } from "../table.ts";

export function runsCommand(program: Command): void {
  const command = program
    .command("runs")
    .argument("[places...]", "run folders, or folders that hold some. Default: runs")
    .description("List runs; of several that are named, say what differs, what each reached, and at what cost.")
    .option("--show <count>", "print the answers of each to the first held-out examples of its data", "0");
  defineCommand(addEngineFlags(command), listRuns);
}

async function listRuns(context: CommandContext): Promise<void> {
  const { positional, flags, output } = context;
  const show = parseCount("show", flags.show, 0);
  const places = positional.length > 0 ? positional : ["runs"];
  const found = [...new Set((await Promise.all(places.map(findRuns))).flat())];
  const runs = await Promise.all(found.map(readRun));
  const differences = runs.length > 1 && positional.length > 0 ? differencesOf(runs) : [];
  const answers = show > 0 ? await answersOf(runs, show, context) : [];
  const documents = runs.map(({ records, ...summary }) => summary);
  output.result({ runs: documents, differences, answers }, () =>
    [
      summaryTable(runs),
      ...(differences.length > 0 ? [table([["what differs", ...found], ...differences.map(rowOf)])] : []),
      ...(answers.length > 0 ? [answersText(answers)] : []),
    ].join("\n\n"),
  );
}

function summaryTable(runs: readonly RunSummary[]): string {
  const best = (run: RunSummary, name: string) => {
    const at = run.best[name];
    return at ? `${at.value.toFixed(4)} at ${at.step}` : "–";
  };
  const rows = runs.map((run) => [
    run.run,
    String(run.identity.architecture ?? "–"),
    run.data ?? "–",
    run.state,
    `${run.step}/${run.steps ?? "?"}`,
    run.loss?.toFixed(4) ?? "–",
    best(run, "targetLoss"),
    best(run, "per"),
    duration(run.seconds),
    run.seconds > 0 ? Math.round(run.seenTokens / run.seconds).toLocaleString("en") : "–",
  ]);
  const heading = ["run", "architecture", "data", "state", "step", "loss", "best target loss", "best error rate"];
  return table([[...heading, "time", "tokens/s"], ...rows]);
}

/** A field of the identity with a text for each run, where they are not all the same. */
interface Difference {
  readonly path: string;
  readonly values: readonly string[];
}

const rowOf = ({ path, values }: Difference): string[] => [path, ...values];

function differencesOf(runs: readonly RunSummary[]): Difference[] {
  const [first, ...others] = runs.map(({ identity }) => identity);
  const changes = others.map((other) => new Map(jsonDifferences(first, other).map((one) => [one.path, one])));
  const paths = [...new Set(changes.flatMap((one) => [...one.keys()]))];
  return paths.map((path) => {
    const was = changes.flatMap((one) => one.get(path) ?? [])[0]?.was ?? "";
    return { path, values: [was, ...changes.map((one) => one.get(path)?.is ?? was)] };
  });
}

/** The answers of one run. */
interface Answers extends Pick<Evaluation, "unit" | "shown"> {
  readonly run: string;
  readonly data: string;
}

async function answersOf(runs: readonly RunSummary[], show: number, context: CommandContext): Promise<Answers[]> {
  const answers: Answers[] = [];
  for (const { run } of runs) {
    const opened = await openRun(run, context);
    const { name, heldOut } = await prepareHeldOut(opened, { seen: "refuse", output: context.output });
    const { tokenizer, length: maximumTokens } = opened;
    const decodeTarget = (ids: readonly number[]) => tokenizer.decodeTarget(ids);
    const few = heldOut.filter(({ references }) => references.length > 0).slice(0, show);
    const { special } = tokenizer;
    const scored = { ...opened, special, heldOut: few, decodeTarget, maximumTokens, shown: show };
    const evaluation = few.length > 0 ? await consume(evaluate(scored)) : undefined;
    disposeTree(opened.parameters);
    answers.push({ run, data: name, unit: evaluation?.unit, shown: evaluation?.shown });
  }
  return answers;
}

/** One table of the runs whose first examples are the same; else one table for each run. */
function answersText(answers: readonly Answers[]): string {
  const examplesOf = ({ shown }: Answers) =>
    JSON.stringify(shown?.map(({ source, references }) => [source, references]));
  const areSame = answers.every((one) => examplesOf(one) === examplesOf(answers[0] as Answers));
  const groups = areSame ? [answers] : answers.map((one) => [one]);
  const tables = groups.map((group) => {
    const rows = (group[0]?.shown ?? []).map(({ source = "", references }, at) => [
      source,
      references.join(" / "),
      ...group.map(({ shown, unit }) => answerText(shown?.[at]?.pieces ?? [], unit)),
    ]);
    return table([["source", "reference", ...group.map(({ run }) => run)], ...rows]);
  });
  return [...tables, "[wrong] and (missing) characters or symbols are marked"].join("\n\n");
}
