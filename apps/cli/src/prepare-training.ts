import { createBatchSource } from "@trivium/data";
import { evaluate } from "@trivium/evaluator";
import type { Batch } from "@trivium/features";
import { languageTask, trainingFlops } from "@trivium/model";
import type { Backend } from "@trivium/tensor";
import { consume, type EvaluateOptions, type TrainOptions } from "@trivium/trainer";
import { createFolderStore } from "@trivium/trainer/node";
import type { CommandContext } from "./command-context.ts";
import { type Plugins, resolvePlugin } from "./load-registry.ts";
import type { RunConfig } from "./load-run.ts";
import type { PreparedAttention } from "./prepare-attention.ts";
import { numericIdentity } from "./prepare-backend.ts";
import { lastingData, type PreparedData, prepareData } from "./prepare-data.ts";
import {
  type PreparedModel,
  prepareModel,
  prepareOptimizer,
  prepareSchedule,
  scheduleOptions,
} from "./prepare-model.ts";
import type { TrainSettings } from "./settings.ts";

/** A run that can start. */
export interface PreparedTraining {
  /** The run folder. */
  readonly directory: string;
  readonly backend: Backend;
  readonly attention: PreparedAttention;
  readonly registry: Plugins;
  /** @param signal - stops training, and an evaluation within it. */
  options(signal: AbortSignal): TrainOptions<Batch>;
}

/** Loads the data, composes the model, starts the backend. Nothing is written. */
export async function prepareTraining(settings: TrainSettings, context: CommandContext): Promise<PreparedTraining> {
  const registry = await context.registry(settings.plugins);
  const data = await prepareData(settings, registry);
  const composed = prepareModel(settings, registry, { ...data, output: context.output });
  await composed.backend.activate();
  const { model, objective } = composed;
  const { steps, seed, clipNorm, checkpointing, resume, allowNumericChange, keep, checkpointEvery } = settings;
  const directory = settings.out ?? `runs/${settings.architecture}-${data.dataset.name.replace(/\.\w+$/, "")}`;
  const options: TrainOptions<Batch> = {
    task: languageTask({ model, objective, flops: trainingFlops(model.architecture, composed.config) }),
    steps,
    seed,
    clipNorm,
    checkpointing,
    resume,
    allowNumericChange,
    batches: createBatchSource({
      ...batching(settings),
      examples: data.train,
      special: data.tokenizer.special,
      objective,
    }),
    optimizer: prepareOptimizer(settings, registry),
    schedule: prepareSchedule(settings, registry),
    identity: identityOf({ ...settings, attention: composed.attention.kernel.name }, data),
    numericIdentity: await numericIdentity(composed.backend),
    config: { cli: runConfig(settings, data, registry) },
    checkpoint: { store: createFolderStore({ directory, keep }), every: checkpointEvery },
  };
  const evaluate = (signal: AbortSignal) => validation({ settings, composed, data, signal });
  const { backend, attention } = composed;
  return {
    directory,
    backend,
    attention,
    registry,
    options: (signal) => ({ ...options, signal, evaluate: evaluate(signal) }),
  };
}

/** What running the model later needs to know. */
const runConfig = (
  settings: TrainSettings,
  { tokenizer, task, dataset }: PreparedData,
  registry: Plugins,
): RunConfig => ({
  settings: { ...settings, data: lastingData(settings.data, registry), plugins: settings.plugins.map(resolvePlugin) },
  tokenizer: tokenizer.toJson(),
  task,
  data: dataset.fingerprint,
});

/** How examples become batches, for training and comparison alike. */
export const batching = ({
  batch: batchSize,
  seed,
  bucketBatches,
  microBatch: microBatchSize = batchSize,
  packing,
}: Pick<TrainSettings, "batch" | "seed" | "bucketBatches" | "microBatch" | "packing">) => ({
  batchSize,
  seed,
  bucketBatches,
  microBatchSize,
  packing,
});

/** What the trainer does not know of: what the data is, how it is cut, and how the rate goes. */
function identityOf(settings: TrainSettings, { dataset }: PreparedData): Record<string, unknown> {
  const { batch, bucketBatches, microBatch, packing, tokenizer, attention, loss, labelSmoothing, zLoss } = settings;
  return {
    data: dataset.fingerprint,
    ...{ batch, bucketBatches, microBatch, packing, tokenizer, attention, loss, labelSmoothing, zLoss },
    schedule: scheduleOptions(settings),
  };
}

/** Held-out examples of an evaluation within training, and how many of them are decoded. */
const validationSize = { examples: 1024, decoded: 200 };

interface ValidationRequest {
  readonly settings: TrainSettings;
  readonly composed: PreparedModel;
  readonly data: PreparedData;
  readonly signal: AbortSignal;
}

function validation({ settings, composed, data, signal }: ValidationRequest): EvaluateOptions {
  const request = {
    model: composed.model,
    objective: composed.objective,
    heldOut: data.validation.slice(0, validationSize.examples),
    special: data.tokenizer.special,
    decodeTarget: (ids: readonly number[]) => data.tokenizer.decodeTarget(ids),
    decoded: Math.min(settings.decoded, validationSize.decoded),
    maximumTokens: data.length,
    signal,
  };
  return {
    every: settings.evaluateEvery ?? Math.max(1, Math.ceil(settings.steps / 5)),
    async run(parameters) {
      const { targetLoss, perplexity, bitsPerCharacter, per, wer } = await consume(
        evaluate({ ...request, parameters }),
      );
      // Of a part of the examples, the numbers would stay in the run's metrics.
      if (signal.aborted) return {};
      const rates = per === undefined || wer === undefined ? {} : { per, wer };
      return { targetLoss, perplexity, bitsPerCharacter, ...rates };
    },
  };
}
