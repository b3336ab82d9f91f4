import { folderFiles } from "@trivium/checkpoint/node";
import {
  assertResumable,
  evaluateOptions,
  gigabytes,
  numericIdentity,
  type OpenedModel,
  type Prepared,
  prepare,
  resolveEngine,
  trainingNotes,
  trainOptions,
} from "@trivium/compose";
import { TriviumError } from "@trivium/core";
import { assertSameRanks, type Collective, metered, shareOf } from "@trivium/distributed";
import type { Batch } from "@trivium/features";

import { countSpecs, disposeTree } from "@trivium/tensor";
import {
  consume,
  type EvaluatedEvent,
  type Sink,
  type TrainEvent,
  type TrainOptions,
  type TrainResult,
  train,
} from "@trivium/trainer";
import {
  createFolderStore,
  createWorkingClock,
  metricsSink,
  recordedMetrics,
  tensorBoardSink,
} from "@trivium/trainer/node";
import type { Command } from "commander";
import { type CommandContext, defineCommand } from "../command-context.ts";
import { lastingRecipe } from "../lasting-recipe.ts";
import { withFittingLoss } from "../loss-scope.ts";
import { noteEngine } from "../note-engine.ts";
import { addOpeningFlags, openChanged } from "../open-run.ts";
import type { Output } from "../output.ts";
import { profileTable } from "../profile/profile-table.ts";
import { createTrainingProfile, type TrainingProfile } from "../profile/training-profile.ts";
import type { Progress } from "../progress.ts";
import { measureCommunication } from "../ranks/communication.ts";
import { joinRanks, outputOfRank } from "../ranks/join-ranks.ts";
import { rankFacts } from "../ranks/rank-facts.ts";
import { rankedOptions, shardedRecipe } from "../ranks/ranked-training.ts";
import { supervision } from "../ranks/supervised.ts";
import { readSettings, requireData } from "../read-settings.ts";
import { repeatNote } from "../repeat-note.ts";
import { resumeCommand } from "../resume-command.ts";
import { addSettingFlags, recipeFields } from "../setting-flags.ts";
import { trainSchema } from "../settings.ts";
import { stepNote } from "../step-note.ts";
import { stopOnSignals } from "../stop-on-signals.ts";
import { withScheduleRemedy } from "../with-schedule-remedy.ts";

export function trainCommand(program: Command): void {
  const command = program.command("train").description("Train one model; checkpoints and metrics go to a run folder.");
  addSettingFlags(command, { ...recipeFields(), ...trainSchema.shape });
  defineCommand(addOpeningFlags(command), runTraining);
}

async function runTraining(context: CommandContext): Promise<void> {
  const collective = metered(await joinRanks());
  const output = outputOfRank(collective, context.output);
  const run = await prepareRun({ ...context, output }, collective);
  const { directory, settings, recipe } = run;
  const profile = collective.rank > 0 ? undefined : createTrainingProfile(settings, directory, run);
  const interrupt = stopOnSignals(output, { limitSeconds: settings.stopWithin });
  const progress = output.progress(recipe.architecture);
  const last: LastEvents = {};
  const keep = (event: TrainEvent) => void Object.assign(last, { [event.type]: event });
  const clock = createWorkingClock();
  const { signal, overdue: abandon } = interrupt;
  const options = { ...run.options(signal), abandon, onPhase: profile?.onPhase, clock: clock.now };
  const supervisor = supervision(collective);
  const communication = measureCommunication(collective);
  const stream = train(rankedOptions(supervisor.options(options), collective, settings));
  try {
    const show = showTraining({ run, progress, output, profile });
    const sinks = [...sinksOf(run, collective), ...supervisor.sinks, communication.sink, show, keep];
    const result = await consume(stream, ...sinks);
    disposeTree(result.parameters);
    progress.stop();
    const exitCode = supervisor.isSupervised ? undefined : interrupt.exitCode();
    report({ directory, result, last, output, profile, exitCode, communication: communication.share() });
  } catch (error) {
    if (TriviumError.is(error, "checkpoint/other-run")) await assertResumable(folderFiles(directory));
    throw withScheduleRemedy(error);
  } finally {
    progress.stop();
    profile?.stop();
    interrupt.release();
    supervisor.release();
    clock.close();
  }
}

/** The words of a run's checkpoints for sums whose order MPI chooses. */
const FAST = "by MPI itself (--fast)";

/** Rank 0 records the run. */
function sinksOf({ directory, settings }: Showing["run"], { rank }: Collective): readonly Sink<TrainEvent>[] {
  if (rank > 0) return [];
  return [metricsSink(directory), ...(settings.tensorboard ? [tensorBoardSink(directory)] : [])];
}

/** Prepares the run that flags and files describe, on an active backend. Nothing is written. */
async function prepareRun(context: CommandContext, collective: Collective) {
  const { output } = context;
  const read = await readSettings(trainSchema, context);
  requireData(read);
  const { settings, registry } = read;
  const { recompute, resume, allowNumericChange } = settings;
  const base = await openBase(read, context);
  const architecture = architectureOf(read, base);
  const asked = withFittingLoss(
    { ...shardedRecipe(read.recipe, collective.size, settings.fast), architecture },
    registry,
  );
  const engine = resolveEngine(asked, registry);
  const prepared = await prepare(asked, registry, { engine, recompute, base });
  const { recipe } = prepared;
  for (const { message } of prepared.warnings) output.note(`warning: ${message}`);
  const { backend } = engine;
  await backend.activate();
  const name = prepared.data.dataset.name.replace(/\.\w+$/, "");
  const directory = settings.out ?? `runs/${recipe.architecture}-${name}`;
  const { every, keep } = recipe.checkpoint;
  const lasting = lastingRecipe(recipe, base?.name);
  const arithmetic = await numericIdentity(backend);
  if (settings.fast && collective.size > 1) arithmetic.reduction = FAST;
  const differences = await assertSameRanks(collective, rankFacts(prepared, arithmetic), { allowNumericChange });
  for (const difference of differences) output.note(`warning: ${difference}`);
  const options: TrainOptions<Batch> = {
    ...trainOptions({ ...prepared, recipe: lasting }),
    recompute,
    resume,
    allowNumericChange,
    numericIdentity: arithmetic,
    checkpoint: { store: createFolderStore({ directory, keep }), every },
  };
  const recorded = (step: number) => recordedMetrics(directory, step);
  const during = (signal: AbortSignal) => {
    const evaluate = evaluateOptions(prepared, signal, shareOf(collective));
    return { ...options, signal, evaluate: evaluate && { ...evaluate, recorded } };
  };
  const unit = prepared.data.tokenizer.unit ?? "character";
  const notes = [...prepared.data.notes, ...trainingNotes(recipe, prepared.data), ...memoryNote(prepared)];
  const repeat = await repeatNote(context.flags.config, { ...options, recipe: lasting });
  if (repeat !== undefined) notes.unshift(repeat);
  if (collective.size > 1) notes.push(`${collective.size} ranks share the ${recipe.shards} shards of each step`);
  if (arithmetic.reduction) notes.push(`sums are ${arithmetic.reduction}: the weights depend on the number of ranks`);
  if (base) notes.unshift(`going on from ${base.name}, a ${base.model.architecture.name} model`);
  const trained = trainedNote(prepared);
  return { directory, settings, recipe, notes, trained, unit, engine, backend, registry, options: during };
}

type Read = Awaited<ReturnType<typeof readSettings<typeof trainSchema>>>;

/** Opens the model that a recipe goes on from, on the engine of the training. */
async function openBase({ recipe, architecture }: Read, context: CommandContext): Promise<OpenedModel | undefined> {
  const { from, backend, attention } = recipe;
  return from === undefined ? undefined : openChanged(from, context, { engine: { backend, attention }, architecture });
}

const architectureOf = ({ recipe, architecture }: Read, base: OpenedModel | undefined): string =>
  architecture ?? base?.model.architecture.name ?? recipe.architecture;

/** Says how many parameters are trained, where some are not. */
function trainedNote({ model, trained: { specs, trains, lora } }: Pick<Prepared, "model" | "trained">): string {
  if (lora) return ` of ${lora.targets.length} adapters beside ${countSpecs(model.specs).toLocaleString("en")}`;
  return trains ? `, ${countSpecs(specs).toLocaleString("en")} of them trained` : "";
}

/** Announces what a step takes, where the backend has a limit. */
function memoryNote({ memory, recipe: { microBatch } }: Pick<Prepared, "memory" | "recipe">): string[] {
  if (!memory) return [];
  const atOnce = microBatch === undefined ? "" : ` with ${microBatch} examples at once`;
  return [`a step${atOnce} takes up to ${gigabytes(memory.bytes)} of ${gigabytes(memory.limitBytes)}`];
}

interface Showing {
  readonly run: Awaited<ReturnType<typeof prepareRun>>;
  readonly progress: Progress;
  readonly output: Output;
  readonly profile: TrainingProfile | undefined;
}

const showTraining =
  ({ run, progress, output, profile }: Showing): Sink<TrainEvent> =>
  async (event) => {
    const { recipe } = run;
    profile?.writeIfComplete();
    if (event.type === "started") {
      for (const note of run.notes) output.note(note);
      await noteEngine(run.engine, output);
      output.note(`${event.parameters.toLocaleString("en")} parameters${run.trained}, ${startNote(event.step, run)}`);
    }
    if (event.type === "warning" || event.type === "rolled-back") output.note(`warning: ${event.message}`);
    if (event.type === "step") progress.update(event.step, recipe.steps, stepNote(event));
    if (event.type === "evaluated")
      output.note(`step ${event.step}${weightsNote(event)}: ${metricsNote(event.metrics, run.unit)}`);
  };

function startNote(step: number, { recipe: { steps }, settings: { resume }, directory }: Showing["run"]): string {
  if (step > steps) return `${directory} is at step ${step} already, beyond the ${steps} that are asked for`;
  if (step > 0) return `resumed from step ${step} of ${steps} in ${directory}`;
  return `step 0 of ${steps}${resume ? `; there is nothing to resume in ${directory}` : ""}`;
}

const weightsNote = ({ weights }: EvaluatedEvent): string => (weights === "averaged" ? ", averaged weights" : "");

const rateNames: Readonly<Record<string, string>> = { per: "error rate", wer: "sequence error rate" };

const metricsNote = (metrics: Readonly<Record<string, number>>, unit: string): string =>
  Object.entries(metrics)
    .map(([name, value]) => `${name === "per" ? `${unit} ` : ""}${rateNames[name] ?? name} ${value.toFixed(4)}`)
    .join(", ") || "the evaluation was stopped; `trivium evaluate` does it whole";

/** The newest event of each type. */
type LastEvents = { [Type in TrainEvent["type"]]?: Extract<TrainEvent, { type: Type }> };

interface Finished {
  readonly directory: string;
  readonly result: TrainResult;
  readonly last: LastEvents;
  readonly output: Output;
  readonly profile: TrainingProfile | undefined;
  /** The share of the steps' time that a rank among several spends in collectives. */
  readonly communication: number | undefined;
  /** The exit code of a run that was interrupted. Undefined for one whose supervisor says how it goes on. */
  readonly exitCode: number | undefined;
}

function report(finished: Finished): void {
  const { directory, result, last, output, profile: taken, exitCode, communication } = finished;
  const { step, reason } = result;
  const resume =
    reason === "aborted" && exitCode !== undefined ? resumeCommand(process.argv.slice(2), directory) : undefined;
  const { metrics } = last.evaluated ?? {};
  const profile = taken?.finish(output);
  const { best, totals } = last.stopped ?? {};
  const counts = { loss: last.step?.loss, ...metrics, ...totals, best, communication };
  const verb = reason === "finished" ? "finished" : "stopped";
  const tables = profile
    ? [profileTable(profile), `profile: ${profile.file}, for chrome://tracing or ui.perfetto.dev`]
    : [];
  output.result({ out: directory, step, reason, ...counts, resume, profile }, () =>
    [`${verb} at step ${step}; the run is in ${directory}`, ...tables].join("\n\n"),
  );
  if (communication !== undefined)
    output.note(
      `ranks waited for one another and exchanged data in ${(100 * communication).toFixed(1)} % of the steps' time`,
    );
  if (resume === undefined) return;
  output.note(`to go on: ${resume}`);
  process.exitCode = exitCode;
}
