import { join } from "node:path";
import { createBatchSource } from "@trivium/data";
import { type ArmReport, type CompareEvent, compare } from "@trivium/evaluator";
import type { Backend } from "@trivium/tensor";
import { consume } from "@trivium/trainer";
import type { Command } from "commander";
import { prepareArms } from "../arms.ts";
import { type CommandContext, defineCommand } from "../command-context.ts";
import { table } from "../output.ts";
import { prepareData } from "../prepare-data.ts";
import { prepareOptimizer, prepareSchedule } from "../prepare-model.ts";
import { createProgress, type Progress } from "../progress.ts";
import { type ComparisonReport, createReport } from "../report/comparison-report.ts";
import { renderReport } from "../report/render-report.ts";
import { openReportFolder, writeReportFile } from "../report/report-folder.ts";
import { addSettingFlags, readSettings } from "../setting-flags.ts";
import { type CompareSettings, compareSchema } from "../settings.ts";
import { stopOnSignals } from "../stop-on-signals.ts";
import { stepNote } from "./train.ts";

export function compareCommand(program: Command): void {
  const command = program
    .command("compare")
    .description("Train architectures on the same examples and compare them on the same targets.");
  defineCommand(addSettingFlags(command, compareSchema), async (context) => {
    const settings = await readSettings(compareSchema, { loss: "target", ...context.flags }, context.plugins);
    await runComparison(settings, context);
  });
}

async function runComparison(settings: CompareSettings, context: CommandContext): Promise<void> {
  const { output } = context;
  const registry = await context.registry(settings.plugins);
  await openReportFolder(settings.out);
  const data = await prepareData(settings, registry);
  const backend = registry.find("backend", settings.backend).create as Backend;
  const arms = prepareArms(settings, registry, { vocabulary: data.tokenizer.size, length: data.length, output });
  await backend.activate();
  const interrupt = stopOnSignals(output);
  const { batch: batchSize, seed, microBatch, steps, clipNorm, decoded } = settings;
  const micro = microBatch ? { microBatchSize: microBatch } : {};
  const stream = compare({
    arms,
    attention: registry.create("attention", settings.attention, {}) as never,
    batches: (objective) => createBatchSource({ examples: data.train, objective, batchSize, seed, ...micro }),
    heldOut: data.test,
    decodeTarget: (ids) => data.tokenizer.decodeTarget(ids),
    steps,
    seed,
    optimizer: prepareOptimizer(settings, registry),
    schedule: prepareSchedule(settings, registry),
    clipNorm,
    decoded,
    maximumTokens: data.length,
    signal: interrupt.signal,
  });
  const reports = await consume(stream, showProgress(steps, output)).finally(() => interrupt.release());
  if (reports.length < arms.length) {
    output.note("stopped before every arm was trained; nothing was written");
    process.exitCode = 130;
    return;
  }
  const report = createReport({ settings, data: data.dataset, arms, reports, backend: await backend.probe() });
  await writeReportFile(settings.out, "report.json", `${JSON.stringify(report, null, 2)}\n`);
  await writeReportFile(settings.out, "report.html", await renderReport(report, arms));
  output.result(
    report,
    () => `${describe(report)}\n\n${join(settings.out, "report.html")} · ${join(settings.out, "report.json")}`,
  );
}

function showProgress(steps: number, output: CommandContext["output"]): (event: CompareEvent) => void {
  let progress: Progress | undefined;
  return (event) => {
    if (event.type === "arm") {
      progress?.stop();
      progress = createProgress(`[${event.index + 1}/${event.arms}] ${event.arm}`);
    }
    if (event.type === "train" && event.event.type === "step")
      progress?.update(event.event.step, steps, stepNote(event.event));
    if (event.type === "train" && event.event.type === "warning") output.note(`warning: ${event.event.message}`);
    if (event.type === "report") {
      progress?.stop();
      progress = undefined;
      output.note(`${event.arm}: ${armNote(event.report)}`);
    }
  };
}

const armNote = ({ targetLoss, per, wer, seconds }: ArmReport): string => {
  const rates = per === undefined ? "" : `, PER ${per.toFixed(4)}, WER ${(wer as number).toFixed(4)}`;
  return `target loss ${targetLoss.toFixed(4)}${rates} after ${seconds.toFixed(1)} s of training`;
};

/** The table that people read. */
function describe({ arms, data, decodedExamples }: ComparisonReport): string {
  const heading = [
    "arm",
    "parameters",
    "TFLOP",
    "tokens seen",
    "supervised",
    "seconds",
    "tokens/s",
    "target loss",
    "PER",
    "WER",
  ];
  const rows = arms.map((arm) => [
    arm.name,
    arm.parameters.toLocaleString("en"),
    (arm.flops / 1e12).toFixed(2),
    arm.tokensSeen.toLocaleString("en"),
    arm.tokensSupervised.toLocaleString("en"),
    arm.seconds.toFixed(1),
    Math.round(arm.tokensPerSecond).toLocaleString("en"),
    arm.targetLoss.toFixed(4),
    arm.per?.toFixed(4) ?? "–",
    arm.wer?.toFixed(4) ?? "–",
  ]);
  const note = `target loss: nats per held-out target token; PER and WER on ${decodedExamples} of ${data.heldOut} held-out examples`;
  return `${table([heading, ...rows])}\n${note}`;
}
