import { type Checkpoint, latestCheckpoint } from "@trivium/checkpoint/node";
import { CheckpointError } from "@trivium/core";
import { readModelOptions } from "@trivium/model";
import { flattenSpecs, type ParameterTree, type SpecTree, tf, unflattenTree } from "@trivium/tensor";
import type { PairTokenizer } from "@trivium/text";
import { z } from "zod";
import type { CommandContext } from "./command-context.ts";
import type { Plugins } from "./load-registry.ts";
import type { BackendSettings } from "./prepare-backend.ts";
import { restoreTokenizer, type Task } from "./prepare-data.ts";
import { type PreparedModel, prepareModel } from "./prepare-model.ts";
import { trainSettings } from "./settings.ts";

/** A trained model, ready to run. */
export interface LoadedRun extends PreparedModel {
  /** The run folder, as it was given. */
  readonly directory: string;
  readonly registry: Plugins;
  readonly settings: RunConfig["settings"];
  readonly tokenizer: PairTokenizer;
  readonly parameters: ParameterTree;
  /** The longest row that the model takes. */
  readonly length: number;
  readonly step: number;
  readonly task: Task;
  /** The fingerprint of the dataset that it was trained on. */
  readonly data: string;
}

/** Settings of runs that recorded the model's fields before they were in parts, as they are now. */
function inParts(recorded: unknown): unknown {
  const { attention, modelAttention, ...fields } = recorded as Record<string, unknown>;
  const { attention: read, ...settings } = readModelOptions<Record<string, unknown>>(fields);
  return { ...settings, attention, modelAttention: modelAttention ?? read };
}

const runConfigSchema = z.object({
  /** Paths in it are absolute, so that the run can be used from every folder. */
  settings: z.preprocess(inParts, z.object(trainSettings)),
  tokenizer: z.unknown(),
  task: z.enum(["pairs", "text"]),
  data: z.string(),
});

/** What `train` adds to `config.json` of a checkpoint, so that the model can be run from it alone. */
export type RunConfig = z.output<typeof runConfigSchema>;

const checkpointConfigSchema = z.object({ cli: runConfigSchema, model: z.object({ length: z.int() }) });

/**
 * The newest whole checkpoint of a run folder, with everything that its configuration names, on an active backend.
 *
 * @throws {CheckpointError} `cli/no-checkpoint` if there is none, `cli/run-config` if `trivium train` did not write it,
 *   `cli/run-parameters` if its parameters are not those of its configuration;
 *   what reading it throws.
 */
export async function loadRun(
  directory: string,
  context: CommandContext,
  overrides: Partial<BackendSettings>,
): Promise<LoadedRun> {
  const checkpoint = await newestCheckpoint(directory, context);
  const { cli, model } = readConfig(checkpoint, directory);
  const settings = { ...cli.settings, ...overrides };
  const registry = await context.registry([...settings.plugins, ...context.plugins]);
  const tokenizer = restoreTokenizer(cli.tokenizer, registry);
  const { length } = model;
  const prepared = prepareModel(settings, registry, { tokenizer, length, output: context.output });
  await prepared.backend.activate();
  const parameters = readParameters(checkpoint, prepared.model.specs);
  const { task, data } = cli;
  const { step } = checkpoint;
  return { ...prepared, directory, registry, settings, tokenizer, parameters, length, step, task, data };
}

async function newestCheckpoint(directory: string, { output }: CommandContext): Promise<Checkpoint> {
  const { checkpoint, skipped } = await latestCheckpoint(directory);
  for (const { message } of skipped) output.note(`warning: ${message}`);
  if (checkpoint) return checkpoint;
  throw new CheckpointError("cli/no-checkpoint", `${directory} holds no whole checkpoint of a run`);
}

function readConfig(checkpoint: Checkpoint, directory: string): z.output<typeof checkpointConfigSchema> {
  const read = checkpointConfigSchema.safeParse(checkpoint.json("config.json"));
  if (read.success) return read.data;
  const message = `the configuration of ${directory} is not one of "trivium train": ${z.prettifyError(read.error)}`;
  throw new CheckpointError("cli/run-config", message, { cause: read.error });
}

/** @throws {CheckpointError} `cli/run-parameters` if they are not those of the model. */
function readParameters(checkpoint: Checkpoint, specs: SpecTree): ParameterTree {
  const arrays = checkpoint.arrays("model.safetensors");
  const shapesOf = (shaped: Readonly<Record<string, { readonly shape: readonly number[] }>>) =>
    Object.entries(shaped).map(([path, { shape }]) => `${path} [${shape.join(", ")}]`);
  const [wanted, found] = [new Set(shapesOf(flattenSpecs(specs))), new Set(shapesOf(arrays))];
  const problems = [
    ...[...wanted].filter((one) => !found.has(one)).map((one) => `${one} is missing`),
    ...[...found].filter((one) => !wanted.has(one)).map((one) => `${one} is not a parameter of the model`),
  ];
  if (problems.length > 0)
    throw new CheckpointError("cli/run-parameters", `the checkpoint does not fit its configuration: ${problems[0]}`, {
      details: { problems },
    });
  const tensors = Object.entries(arrays).map(([name, { data, shape }]) => [
    name,
    tf.tensor(data as Float32Array, [...shape]),
  ]);
  return unflattenTree(Object.fromEntries(tensors));
}
