import { disposeTree } from "@trivium/tensor";
import { consume, type Sink, type TrainEvent, type TrainResult, train } from "@trivium/trainer";
import { metricsSink } from "@trivium/trainer/node";
import type { Command } from "commander";
import { type CommandContext, defineCommand } from "../command-context.ts";
import type { Output } from "../output.ts";
import { noteAttention, type PreparedAttention } from "../prepare-attention.ts";
import { prepareTraining } from "../prepare-training.ts";
import { profileTable } from "../profile/profile-table.ts";
import { createTrainingProfile, type TrainingProfile } from "../profile/training-profile.ts";
import type { Progress } from "../progress.ts";
import { readSettings } from "../read-settings.ts";
import { resumeCommand } from "../resume-command.ts";
import { addSettingFlags } from "../setting-flags.ts";
import { type TrainSettings, trainSchema } from "../settings.ts";
import { stepNote } from "../step-note.ts";
import { interruptedExitCode, stopOnSignals } from "../stop-on-signals.ts";

export function trainCommand(program: Command): void {
  const command = program.command("train").description("Train one model; checkpoints and metrics go to a run folder.");
  defineCommand(addSettingFlags(command, trainSchema), async (context) => {
    const settings = await readSettings(trainSchema, context.flags, context.plugins);
    await runTraining(settings, context);
  });
}

async function runTraining(settings: TrainSettings, context: CommandContext): Promise<void> {
  const { output } = context;
  const { directory, options, ...prepared } = await prepareTraining(settings, context);
  const profile = createTrainingProfile(settings, directory, prepared);
  const interrupt = stopOnSignals(output);
  const progress = output.progress(settings.architecture);
  const last: LastEvents = {};
  const keep = (event: TrainEvent) => void Object.assign(last, { [event.type]: event });
  const stream = train({ ...options(interrupt.signal), ...(profile && { onPhase: profile.onPhase }) });
  try {
    const { attention } = prepared;
    const show = showTraining({ settings, directory, attention, progress, output, profile });
    const result = await consume(stream, metricsSink(directory), show, keep);
    disposeTree(result.parameters);
    progress.stop();
    report({ directory, result, last, output, profile });
  } finally {
    progress.stop();
    profile?.stop();
    interrupt.release();
  }
}

interface Showing {
  readonly settings: TrainSettings;
  readonly directory: string;
  readonly attention: PreparedAttention;
  readonly progress: Progress;
  readonly output: Output;
  readonly profile: TrainingProfile | undefined;
}

function showTraining({ settings, directory, attention, progress, output, profile }: Showing): Sink<TrainEvent> {
  return (event) => {
    profile?.writeIfComplete();
    if (event.type === "started") {
      noteAttention(attention, output);
      output.note(`${event.parameters.toLocaleString("en")} parameters, ${startNote(event.step, settings, directory)}`);
    }
    if (event.type === "warning") output.note(`warning: ${event.message}`);
    if (event.type === "step") progress.update(event.step, settings.steps, stepNote(event));
    if (event.type === "evaluated") output.note(`step ${event.step}: ${metricsNote(event.metrics)}`);
  };
}

function startNote(step: number, { steps, resume }: TrainSettings, directory: string): string {
  if (step > 0) return `resumed from step ${step} of ${steps} in ${directory}`;
  return `step 0 of ${steps}${resume ? `; there is nothing to resume in ${directory}` : ""}`;
}

const metricsNote = (metrics: Readonly<Record<string, number>>): string =>
  Object.entries(metrics)
    .map(([name, value]) => `${name} ${value.toFixed(4)}`)
    .join(", ") || "the evaluation was stopped; `trivium evaluate` does it whole";

/** The newest event of each type. */
type LastEvents = { [Type in TrainEvent["type"]]?: Extract<TrainEvent, { type: Type }> };

interface Finished {
  readonly directory: string;
  readonly result: TrainResult;
  readonly last: LastEvents;
  readonly output: Output;
  readonly profile: TrainingProfile | undefined;
}

function report({ directory, result: { step, reason }, last, output, profile: taken }: Finished): void {
  const resume = reason === "aborted" ? resumeCommand(process.argv.slice(2), directory) : undefined;
  const { metrics } = last.evaluated ?? {};
  const profile = taken?.finish(output);
  const counts = { loss: last.step?.loss, ...metrics, ...last.stopped?.totals };
  const verb = reason === "finished" ? "finished" : "stopped";
  const tables = profile
    ? [profileTable(profile), `profile: ${profile.file}, for chrome://tracing or ui.perfetto.dev`]
    : [];
  output.result({ out: directory, step, reason, ...counts, resume, profile }, () =>
    [`${verb} at step ${step}; the run is in ${directory}`, ...tables].join("\n\n"),
  );
  if (resume === undefined) return;
  output.note(`to go on: ${resume}`);
  process.exitCode = interruptedExitCode;
}
