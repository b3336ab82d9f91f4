import { ConfigError } from "@trivium/core";

import {
  type BatchSourceOptions,
  createBatchSource,
  createMemorySource,
  createPackedSource,
  createStreamExamples,
  createStreamSource,
} from "@trivium/data";
import type { Batch, BatchSource } from "@trivium/features";
import { languageTask, loraTask, trainingFlops } from "@trivium/model";
import type { ParameterTree } from "@trivium/tensor";
import type { Optimizer, Schedule, TrainOptions } from "@trivium/trainer";

import { type ComposedRecipe, composeRecipe } from "./compose-recipe.ts";
import { fitMicroBatch, type TrainingMemory } from "./fit-memory.ts";
import { parametersHash } from "./parameters-hash.ts";
import { type LoadDataset, type PreparedData, prepareData } from "./prepare-data.ts";
import { type Recipe, type RecipeInput, readRecipe } from "./recipe.ts";
import {
  type Engine,
  type Plugins,
  resolveEngine,
  resolveOptimizer,
  resolveSchedule,
  scheduleOptions,
} from "./resolve.ts";
import { type BaseModel, startFrom } from "./start-from.ts";
import { type TrainedPart, trainedPart } from "./trained-part.ts";

/** Parts of a preparation that are there already, such as those that several recipes share. */
export interface PrepareOptions {
  /** Default: loaded and encoded anew. */
  readonly data?: PreparedData | undefined;
  /** Default: the engine that the recipe names. */
  readonly engine?: Engine | undefined;
  /** Loads a dataset. Default: the registry, anew each time. */
  readonly dataset?: LoadDataset | undefined;
  /** The trained model that the recipe goes on from. The training consumes its parameters. Default: fresh parameters. */
  readonly base?: BaseModel | undefined;
  /** Whether layers run again in the backward pass, which takes less memory. Default false. */
  readonly recompute?: boolean | undefined;
}

/** A recipe whose micro-batch is a number, if there is one. */
export type FittedRecipe = Omit<Recipe, "microBatch"> & { readonly microBatch?: number | undefined };

/** Everything that a training needs. Nothing is written, and no backend is active yet. */
export interface Prepared extends ComposedRecipe {
  /** Complete, with the micro-batch that fits into memory. */
  readonly recipe: FittedRecipe;
  readonly engine: Engine;
  /** Undefined where the backend knows no limit. */
  readonly memory: TrainingMemory | undefined;
  readonly data: PreparedData;
  readonly batches: BatchSource<Batch>;
  readonly optimizer: Optimizer;
  readonly schedule: Schedule;
  /**
   * Parameters to start from, which the training consumes. Beside adapters they stay as they are, and stay the caller's.
   * Default: fresh ones from the seed.
   */
  readonly parameters?: ParameterTree | undefined;
  /** The part of the model that is trained. */
  readonly trained: TrainedPart;
  /** Facts that tell this run from another, beside those that the trainer knows: the data, and how it is cut. */
  readonly identity: Readonly<Record<string, unknown>>;
}

/**
 * Resolves a recipe: loads its data, fits a tokenizer, composes the model, and makes optimiser, schedule and batches.
 *
 * @throws {UnknownPluginError} for a name that no plugin has. @throws {ConfigError} `compose/recipe`, naming the field; `compose/memory` if a
 *   step does not fit into the memory of the backend, with the micro-batch that does;
 *   `model/config`; what a plugin throws for its options.
 * @throws {ConfigError} `compose/from` for a field that contradicts the base, what `trainedPart` throws.
 * @throws {DataError} naming file and line. @throws {UnsupportedError} `compose/refused` with every reason.
 * @example const prepared = await prepare({ architecture: "prefix", data: { name: "cmudict" } }, createRegistry(presets));
 */
export async function prepare(input: RecipeInput, registry: Plugins, options: PrepareOptions = {}): Promise<Prepared> {
  const { base, dataset, recompute = false } = options;
  const started = base && startFrom(input, base, registry);
  const asked = readRecipe({ ...input, architecture: started?.architecture.name ?? input.architecture });
  if (asked.from !== undefined && !base) throw notOpened(asked.from);
  const engine = options.engine ?? resolveEngine(asked, registry);
  const optimizer = resolveOptimizer(asked.optimizer, registry, asked.average);
  const schedule = resolveSchedule(asked, registry);
  const data = options.data ?? (await prepareData(asked, registry, { load: dataset, base }));
  const { tokenizer, length } = data;
  const config = started?.config ?? { ...asked.model, vocabulary: tokenizer.size, length };
  const composition = composeRecipe(asked, registry, { config, tokenizer, engine });
  const { backend } = engine;
  const from = asked.from ?? base?.name;
  const trained = trainedPart({ ...asked, from }, composition.model);
  const fitted = { ...composition, recipe: asked, data, backend, optimizer, recompute, trained };
  const { microBatch, memory } = fitMicroBatch(fitted);
  const recipe = { ...asked, microBatch, from };
  const batches = batchesOf(recipe, data, composition.objective);
  const hash = base && (await parametersHash(base.parameters));
  const identity = { ...identityOf(recipe, data, engine), from: hash && { hash } };
  const { parameters } = base ?? {};
  return { ...composition, recipe, engine, memory, data, batches, optimizer, schedule, parameters, trained, identity };
}

const notOpened = (from: string): ConfigError =>
  new ConfigError(
    "compose/from",
    `from: ${from} is a model to go on from, which \`trivium train\` does; leave it out here`,
  );

/**
 * The batches of a recipe, as an objective converts them: the same examples in the same order for every objective.
 *
 * @throws {ConfigError} `compose/bucket-batches` if batches of a stream are to be formed by length; `compose/open-rows` if
 *   rows are to wait for examples without packing.
 */
export function batchesOf(
  { batch, seed, bucketBatches, microBatch = batch, packing, openRows }: FittedRecipe,
  { train, tokenizer, stream }: PreparedData,
  objective: BatchSourceOptions["objective"],
): BatchSource<Batch> {
  const { special } = tokenizer;
  const options = { special, tokenizer, objective, batchSize: batch, seed, microBatchSize: microBatch, packing };
  if (openRows !== undefined && packing === undefined) {
    const message = `openRows: rows wait for examples where these are packed, got ${openRows} without packing; say how long rows are (--packing 512), or leave it out`;
    throw new ConfigError("compose/open-rows", message);
  }
  if (stream !== undefined && bucketBatches > 1) {
    const message = `bucketBatches: data that are streamed have no buckets, got ${bucketBatches}; leave it out, and use packing (--packing) against padding`;
    throw new ConfigError("compose/bucket-batches", message);
  }
  const streamed = stream && { ...options, sources: stream.sources(seed), buffer: stream.buffer };
  const held = { ...options, examples: train, bucketBatches };
  if (packing === undefined || openRows === undefined)
    return streamed ? createStreamSource(streamed) : createBatchSource(held);
  const source = streamed ? createStreamExamples(streamed) : createMemorySource(held);
  return createPackedSource({ ...options, packing, openRows, source });
}

function identityOf(recipe: FittedRecipe, { dataset, tokenizer, tooLong }: PreparedData, { attention }: Engine) {
  const { batch, bucketBatches, microBatch, packing, openRows, examples, schedule, steps } = recipe;
  return {
    data: dataset.fingerprint,
    files: dataset.stream?.files,
    tooLong,
    tokenizer: tokenizer.toJson(),
    examples,
    batch,
    bucketBatches,
    microBatch,
    packing,
    openRows,
    attention: attention.name,
    attentionOptions: recipe.attention.options,
    schedule: scheduleOptions(schedule, steps),
  };
}

/**
 * The options of a training, from a recipe that is prepared. `config.json` of its checkpoints begins with the recipe and
 * holds the tokenizer, the model's configuration and the fingerprint of the data, so that `openModel` needs nothing else.
 *
 * @example train({ ...trainOptions(prepared), signal });
 */
export function trainOptions({ model, config: options, recipe, data, ...prepared }: Prepared): TrainOptions<Batch> {
  const { objective, batches, optimizer, schedule, identity, parameters, trained } = prepared;
  const { steps, seed, clipNorm, shards, faults: recovery } = recipe;
  const { trains, lora } = trained;
  const whole = languageTask({ model, objective, trains, flops: trainingFlops(model.architecture, options) });
  const config = { recipe, task: data.task };
  const shared = { steps, seed, clipNorm, shards, batches, optimizer, schedule, recovery, identity, config };
  if (!lora || !parameters) return { ...shared, task: whole, parameters };
  return { ...shared, task: loraTask(whole, parameters, lora) };
}
