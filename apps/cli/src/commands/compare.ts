import { join } from "node:path";
import {
  batchesOf,
  type Engine,
  type Prepared,
  type PreparedData,
  prepare,
  prepareData,
  type Recipe,
  resolveEngine,
  trainingNotes,
} from "@trivium/compose";
import { ConfigError, stringifyJson } from "@trivium/core";
import {
  type Arm,
  type ArmReport,
  type CompareEvent,
  type CompareOptions,
  compare,
  type Metric,
} from "@trivium/evaluator";
import { consume, type Sink } from "@trivium/trainer";
import type { Command } from "commander";
import { armRecipes } from "../arms.ts";
import { type CommandContext, defineCommand } from "../command-context.ts";
import type { Plugins } from "../load-registry.ts";
import { withFittingLoss } from "../loss-scope.ts";
import { metricsOf } from "../metrics-of.ts";
import { noteEngine } from "../note-engine.ts";
import type { Output } from "../output.ts";
import type { Progress } from "../progress.ts";
import { readSettings, requireData } from "../read-settings.ts";
import { columnsOf } from "../report/columns.ts";
import { type ComparisonReport, configurationOf, createReport } from "../report/comparison-report.ts";
import { renderReport } from "../report/render-report.ts";
import { openReportFolder, writeReportFile } from "../report/report-folder.ts";
import { addSettingFlags, recipeFields } from "../setting-flags.ts";
import { type CompareSettings, compareSchema } from "../settings.ts";
import { stepNote } from "../step-note.ts";
import { interruptedExitCode, stopOnSignals } from "../stop-on-signals.ts";
import { table } from "../table.ts";
import { typedCommand } from "../typed-command.ts";

export function compareCommand(program: Command): void {
  const command = program
    .command("compare")
    .description("Train architectures on the same examples and compare them on the same targets.");
  const fields = { ...recipeFields(["architecture", ...ofRuns]), ...compareSchema.shape };
  defineCommand(addSettingFlags(command, fields), runComparison);
}

/** Flags of a training that goes on from a model. */
const ofAdapting = ["from", "freeze", "loraRank", "loraAlpha", "loraTargets"];

/** Flags of a run folder, which a comparison does not write. */
const ofRuns = ["evaluateEvery", "evaluationFailure", "checkpointEvery", "keep", ...ofAdapting];

/** @throws {ConfigError} `cli/settings` for a recipe that adapts a model: arms are compared from fresh parameters. */
function refuseAdapting(recipe: Recipe): void {
  const [field] = (["from", "freeze", "lora"] as const).filter((name) => recipe[name] !== undefined);
  if (field === undefined) return;
  const problem = `the recipe has ${field}, and a comparison trains all of each arm from fresh parameters`;
  throw new ConfigError("cli/settings", `${problem}; leave it out, or use \`trivium train\``);
}

/** The loss of a comparison is taken on targets, unless the recipe says otherwise. */
const onTargets = { objective: { options: { loss: "target" } } };

async function runComparison(context: CommandContext): Promise<void> {
  const { output } = context;
  const read = await readSettings(compareSchema, context, onTargets);
  requireData(read);
  const { recipe, settings, registry } = read;
  refuseAdapting(recipe);
  const { out } = settings;
  const data = await prepareData(withFittingLoss(recipe, registry), registry);
  const engine = resolveEngine(recipe, registry);
  const arms = await prepareArms(settings, recipe, { registry, data, engine, output });
  const { decoded } = recipe.evaluation;
  const named = { names: settings.metrics, options: settings.metricsOptions };
  const metrics = metricsOf(named, { registry, task: data.task, decoded });
  const compared = { ...settings, recipe };
  await openReportFolder(out, { configuration: configurationOf(compared, arms), data: data.dataset.fingerprint });
  await engine.backend.activate();
  await noteEngine(engine, output);
  for (const note of [...data.notes, ...trainingNotes(recipe, data)]) output.note(note);
  const { signal, release } = stopOnSignals(output);
  const stream = compare({ ...comparison(arms, metrics, settings), signal });
  const reports = await consume(stream, showComparison(recipe.steps, output)).finally(release);
  const command = typedCommand(process.argv.slice(2));
  const backend = await engine.backend.probe();
  const report = createReport({ command, settings: compared, data: data.dataset, arms, reports, metrics, backend });
  const isWhole = reports.length === arms.length;
  const files = ["report.html", "report.json"].map((name) => join(out, name)).join(" · ");
  // Before anything is written: a full disk shall not swallow what took hours.
  output.result(report, () => `${describe(report)}${isWhole ? `\n\n${files}` : ""}`);
  if (isWhole) {
    await writeReportFile(out, "report.json", `${stringifyJson(report, 2)}\n`);
    await writeReportFile(out, "report.html", await renderReport(report, arms));
    return;
  }
  output.note(`stopped after ${reports.length} of ${arms.length} arms; no report was written`);
  process.exitCode = interruptedExitCode;
}

type PreparedArms = [Prepared & Arm, ...(Prepared & Arm)[]];

interface Shared {
  readonly registry: Plugins;
  readonly data: PreparedData;
  readonly engine: Engine;
  readonly output: Output;
}

/** Every arm, with the data and the engine that all share. */
async function prepareArms(
  { architectures }: CompareSettings,
  shared: Recipe,
  { registry, data, engine, output }: Shared,
): Promise<PreparedArms> {
  const arms: (Prepared & Arm)[] = [];
  for (const { name, recipe } of armRecipes(architectures, shared, { registry, output })) {
    const prepared = await prepare(recipe, registry, { data, engine });
    for (const { message } of prepared.warnings) output.note(`warning: ${message}`);
    arms.push({ ...prepared, name });
  }
  return arms as PreparedArms;
}

function comparison(arms: PreparedArms, metrics: readonly Metric[], { scored }: CompareSettings): CompareOptions {
  const [{ recipe, data, engine, optimizer, schedule }] = arms;
  // All arms are cut alike, as the largest of them fits.
  const microBatch = Math.min(...arms.map((arm) => arm.recipe.microBatch ?? arm.recipe.batch));
  const { tokenizer, length } = data;
  return {
    arms,
    steps: recipe.steps,
    seed: recipe.seed,
    clipNorm: recipe.clipNorm,
    decoded: recipe.evaluation.decoded,
    metrics,
    shown: 10,
    attention: engine.attention,
    batches: (objective) => batchesOf({ ...recipe, microBatch }, data, objective),
    special: tokenizer.special,
    tokenizer,
    heldOut: data.heldOut("test").slice(0, scored),
    decodeTarget: (ids) => tokenizer.decodeTarget(ids),
    optimizer,
    schedule,
    maximumTokens: length,
  };
}

function showComparison(steps: number, output: Output): Sink<CompareEvent> {
  let progress: Progress | undefined;
  return (event) => {
    if (event.type === "arm") progress = output.progress(`[${event.index + 1}/${event.arms}] ${event.arm}`);
    if (event.type === "report") output.note(`${event.arm}: ${armNote(event.report)}`);
    if (event.type !== "train") return;
    const { event: trained } = event;
    if (trained.type === "step") progress?.update(trained.step, steps, stepNote(trained));
    if (trained.type === "warning") output.note(`warning: ${trained.message}`);
    if (trained.type === "stopped") progress?.stop();
  };
}

const armNote = ({ targetLoss, unit, per, wer, seconds }: ArmReport): string => {
  const rates =
    per === undefined ? "" : `, ${unit} error rate ${per.toFixed(4)}, sequence error rate ${wer?.toFixed(4)}`;
  return `target loss ${targetLoss.toFixed(4)}${rates} after ${seconds.toFixed(1)} s of training`;
};

/** The table that people read. */
function describe({ arms, data, decodedExamples }: ComparisonReport): string {
  const columns = columnsOf(arms);
  const heading = ["arm", ...columns.map((column) => column.heading)];
  const rows = arms.map((arm) => [arm.name, ...columns.map(({ cell }) => cell(arm))]);
  const rates = decodedExamples > 0 ? `, error rates on ${decodedExamples}` : "";
  const note = `target loss in nats per target token, on ${data.scored} of ${data.heldOut} held-out examples${rates}`;
  return `${table([heading, ...rows])}\n${note}`;
}
