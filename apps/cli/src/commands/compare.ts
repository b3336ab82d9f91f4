import { join } from "node:path";
import { createBatchSource } from "@trivium/data";
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
import { prepareArms } from "../arms.ts";
import { type CommandContext, defineCommand } from "../command-context.ts";
import type { Plugins } from "../load-registry.ts";
import type { Output } from "../output.ts";
import { noteAttention, type PreparedAttention, prepareAttention } from "../prepare-attention.ts";
import { prepareBackend } from "../prepare-backend.ts";
import { type PreparedData, prepareData } from "../prepare-data.ts";
import { prepareMetrics } from "../prepare-metrics.ts";
import { prepareOptimizer, prepareSchedule } from "../prepare-model.ts";
import { batching } from "../prepare-training.ts";
import type { Progress } from "../progress.ts";
import { readSettings } from "../read-settings.ts";
import { columnsOf } from "../report/columns.ts";
import { type ComparisonReport, configurationOf, createReport } from "../report/comparison-report.ts";
import { renderReport } from "../report/render-report.ts";
import { openReportFolder, writeReportFile } from "../report/report-folder.ts";
import { addSettingFlags } from "../setting-flags.ts";
import { type CompareSettings, compareSchema } from "../settings.ts";
import { stepNote } from "../step-note.ts";
import { interruptedExitCode, stopOnSignals } from "../stop-on-signals.ts";
import { table } from "../table.ts";
import { typedCommand } from "../typed-command.ts";

export function compareCommand(program: Command): void {
  const command = program
    .command("compare")
    .description("Train architectures on the same examples and compare them on the same targets.");
  defineCommand(addSettingFlags(command, compareSchema), async (context) => {
    const settings = await readSettings(compareSchema, context.flags, context.plugins);
    await runComparison(settings, context);
  });
}

async function runComparison(settings: CompareSettings, context: CommandContext): Promise<void> {
  const { output } = context;
  const { out } = settings;
  const registry = await context.registry(settings.plugins);
  const data = await prepareData(settings, registry);
  const backend = prepareBackend(settings, registry);
  const arms = prepareArms(settings, registry, { ...data, output });
  const metrics = prepareMetrics(settings.metrics, { registry, task: data.task, decoded: settings.decoded });
  await openReportFolder(out, { configuration: configurationOf(settings, arms), data: data.dataset.fingerprint });
  const attention = prepareAttention(settings.attention, registry, backend);
  await backend.activate();
  noteAttention(attention, output);
  const { signal, release } = stopOnSignals(output);
  const stream = compare({ ...comparison(settings, { arms, data, registry, metrics, attention }), signal });
  const reports = await consume(stream, showComparison(settings.steps, output)).finally(release);
  const parts = { settings, data: data.dataset, arms, reports, metrics, backend: await backend.probe() };
  const report = createReport({ command: typedCommand(process.argv.slice(2)), ...parts });
  const isWhole = reports.length === arms.length;
  const files = ["report.html", "report.json"].map((name) => join(out, name)).join(" · ");
  // Before anything is written: a full disk shall not swallow what took hours.
  output.result(report, () => `${describe(report)}${isWhole ? `\n\n${files}` : ""}`);
  if (isWhole) {
    await writeReportFile(out, "report.json", `${JSON.stringify(report, null, 2)}\n`);
    await writeReportFile(out, "report.html", await renderReport(report, arms));
    return;
  }
  output.note(`stopped after ${reports.length} of ${arms.length} arms; no report was written`);
  process.exitCode = interruptedExitCode;
}

interface Prepared {
  readonly arms: readonly Arm[];
  readonly data: PreparedData;
  readonly registry: Plugins;
  readonly metrics: readonly Metric[];
  readonly attention: PreparedAttention;
}

function comparison(settings: CompareSettings, { arms, data, registry, metrics, attention }: Prepared): CompareOptions {
  const { steps, seed, clipNorm, decoded } = settings;
  const { special } = data.tokenizer;
  return {
    arms,
    steps,
    seed,
    clipNorm,
    decoded,
    metrics,
    attention: attention.kernel,
    batches: (objective) => createBatchSource({ ...batching(settings), examples: data.train, special, objective }),
    special,
    heldOut: data.test.slice(0, settings.scored),
    decodeTarget: (ids) => data.tokenizer.decodeTarget(ids),
    optimizer: prepareOptimizer(settings, registry),
    schedule: prepareSchedule(settings, registry),
    maximumTokens: data.length,
  };
}

function showComparison(steps: number, output: Output): Sink<CompareEvent> {
  let progress: Progress | undefined;
  return (event) => {
    if (event.type === "arm") progress = output.progress(`[${event.index + 1}/${event.arms}] ${event.arm}`);
    if (event.type === "train" && event.event.type === "step") {
      progress?.update(event.event.step, steps, stepNote(event.event));
    }
    if (event.type === "train" && event.event.type === "warning") output.note(`warning: ${event.event.message}`);
    if (event.type === "train" && event.event.type === "stopped") progress?.stop();
    if (event.type === "report") output.note(`${event.arm}: ${armNote(event.report)}`);
  };
}

const armNote = ({ targetLoss, per, wer, seconds }: ArmReport): string => {
  const rates = per === undefined || wer === undefined ? "" : `, PER ${per.toFixed(4)}, WER ${wer.toFixed(4)}`;
  return `target loss ${targetLoss.toFixed(4)}${rates} after ${seconds.toFixed(1)} s of training`;
};

/** The table that people read. */
function describe({ arms, data, decodedExamples }: ComparisonReport): string {
  const columns = columnsOf(arms);
  const heading = ["arm", ...columns.map((column) => column.heading)];
  const rows = arms.map((arm) => [arm.name, ...columns.map(({ cell }) => cell(arm))]);
  const rates = decodedExamples > 0 ? `, PER and WER on ${decodedExamples}` : "";
  const note = `target loss in nats per target token, on ${data.scored} of ${data.heldOut} held-out examples${rates}`;
  return `${table([heading, ...rows])}\n${note}`;
}
