import { createBatchSource } from "@trivium/data";
import { evaluate } from "@trivium/evaluator";
import { trainingFlops } from "@trivium/model";
import type { Backend } from "@trivium/tensor";
import { disposeTree } from "@trivium/tensor";
import { consume, type StepEvent, type TrainEvent, train } from "@trivium/trainer";
import { createFolderStore, metricsSink } from "@trivium/trainer/run-folder";
import type { Command } from "commander";
import { type CommandContext, defineCommand } from "../command-context.ts";
import { prepareData } from "../prepare-data.ts";
import { modelOptions, prepareModel, prepareOptimizer, prepareSchedule } from "../prepare-model.ts";
import { createProgress } from "../progress.ts";
import { addSettingFlags, readSettings } from "../setting-flags.ts";
import { type TrainSettings, trainSchema } from "../settings.ts";
import { stopOnSignals } from "../stop-on-signals.ts";

export function trainCommand(program: Command): void {
  const command = program.command("train").description("Train one model; checkpoints and metrics go to a run folder.");
  defineCommand(addSettingFlags(command, trainSchema), async (context) => {
    const settings = await readSettings(trainSchema, context.flags, context.plugins);
    await runTraining(settings, context);
  });
}

async function runTraining(settings: TrainSettings, context: CommandContext): Promise<void> {
  const { output } = context;
  const registry = await context.registry(settings.plugins);
  const data = await prepareData(settings, registry);
  const sizes = { vocabulary: data.tokenizer.size, length: data.length };
  const composed = prepareModel(settings, registry, { ...sizes, output });
  const { model, objective } = composed;
  const backend = composed.backend as Backend;
  await backend.activate();
  const directory = settings.out ?? `runs/${settings.architecture}-${data.dataset.name.replace(/\.\w+$/, "")}`;
  const { batch: batchSize, microBatch, seed, steps, clipNorm, decoded } = settings;
  const interrupt = stopOnSignals(output);
  const progress = createProgress(settings.architecture);
  const everyStep = (event: TrainEvent) => showProgress(event, progress.update, settings, output);
  const stream = train({
    model,
    objective,
    batches: createBatchSource({
      examples: data.train,
      objective,
      batchSize,
      seed,
      ...(microBatch ? { microBatchSize: microBatch } : {}),
    }),
    optimizer: prepareOptimizer(settings, registry),
    schedule: prepareSchedule(settings, registry),
    steps,
    seed,
    clipNorm,
    flops: trainingFlops(model.architecture, modelOptions(settings, sizes)),
    resume: settings.resume,
    allowNumericChange: settings.allowNumericChange,
    identity: identityOf(settings, data.dataset.fingerprint),
    numericIdentity: await numericIdentity(backend),
    config: { settings, tokenizer: data.tokenizer.toJson(), task: data.task },
    checkpoint: { store: createFolderStore({ directory, keep: settings.keep }), every: settings.checkpointEvery },
    signal: interrupt.signal,
    evaluate: {
      every: settings.evaluateEvery ?? Math.max(1, Math.ceil(steps / 5)),
      async run(parameters) {
        const heldOut = data.validation.slice(0, 1024);
        const decodeTarget = (ids: readonly number[]) => data.tokenizer.decodeTarget(ids);
        const request = {
          model,
          parameters,
          objective,
          heldOut,
          decodeTarget,
          decoded: Math.min(decoded, 200),
          maximumTokens: data.length,
        };
        const { targetLoss, perplexity, bitsPerCharacter, per, wer } = await consume(evaluate(request));
        return { targetLoss, perplexity, bitsPerCharacter, ...(per === undefined ? {} : { per, wer: wer as number }) };
      },
    },
  });
  const last: LastEvents = {};
  const keep = (event: TrainEvent) => void Object.assign(last, { [event.type]: event });
  try {
    const { parameters, step, reason } = await consume(stream, metricsSink(directory), everyStep, keep);
    disposeTree(parameters);
    progress.stop();
    report({ directory, step, reason, last, context });
  } finally {
    progress.stop();
    interrupt.release();
  }
}

/** What the trainer does not know of: what the data is and how it is cut and scheduled. */
function identityOf(settings: TrainSettings, fingerprint: string): Record<string, unknown> {
  const { batch, microBatch, loss, labelSmoothing, zLoss, clipNorm, learningRate, schedule, warmupSteps, tokenizer } =
    settings;
  const { attention } = settings;
  // The rate at a step depends on the length of the run wherever the schedule does.
  const length = schedule === "warmup-cosine" ? { steps: settings.steps } : {};
  const options = {
    batch,
    microBatch,
    loss,
    labelSmoothing,
    zLoss,
    clipNorm,
    learningRate,
    schedule,
    warmupSteps,
    tokenizer,
  };
  return JSON.parse(JSON.stringify({ data: fingerprint, attention, ...options, ...length })) as Record<string, unknown>;
}

async function numericIdentity(backend: Backend): Promise<Record<string, string>> {
  const found = await backend.probe();
  return { backend: backend.name, build: found.available ? found.detail : "" };
}

function showProgress(
  event: TrainEvent,
  update: (done: number, total: number, note: string) => void,
  settings: TrainSettings,
  output: CommandContext["output"],
): void {
  if (event.type === "started")
    output.note(`${event.parameters.toLocaleString("en")} parameters, step ${event.step} of ${event.steps}`);
  if (event.type === "warning") output.note(`warning: ${event.message}`);
  if (event.type === "step") update(event.step, settings.steps, stepNote(event));
  if (event.type === "evaluated") output.note(`step ${event.step}: ${metricsNote(event.metrics)}`);
}

export const stepNote = ({ loss, tokensPerSecond }: StepEvent): string =>
  `loss ${loss.toFixed(3)}, ${Math.round(tokensPerSecond).toLocaleString("en")} tokens/s`;

const metricsNote = (metrics: Readonly<Record<string, number>>): string =>
  Object.entries(metrics)
    .map(([name, value]) => `${name} ${value.toFixed(4)}`)
    .join(", ");

/** The newest event of each type. */
type LastEvents = { [Type in TrainEvent["type"]]?: Extract<TrainEvent, { type: Type }> };

interface TrainingReport {
  readonly directory: string;
  readonly step: number;
  readonly reason: "finished" | "aborted";
  readonly last: LastEvents;
  readonly context: CommandContext;
}

function report({ directory, step, reason, last, context }: TrainingReport): void {
  const { output } = context;
  const document = {
    out: directory,
    step,
    reason,
    loss: last.step?.loss,
    ...last.evaluated?.metrics,
    ...last.stopped?.totals,
  };
  output.result(
    document,
    () => `${reason === "finished" ? "finished" : "stopped"} at step ${step}; the run is in ${directory}`,
  );
  if (reason === "finished") return;
  output.note(`resume with the same command and --resume --out ${directory}`);
  process.exitCode = 130;
}
