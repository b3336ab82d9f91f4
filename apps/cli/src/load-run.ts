import { latestCheckpoint } from "@trivium/checkpoint";
import { CheckpointError } from "@trivium/core";
import { type ParameterTree, tf, unflattenTree } from "@trivium/tensor";
import type { PairTokenizer } from "@trivium/text";
import type { CommandContext } from "./command-context.ts";
import type { Plugins } from "./load-registry.ts";
import { restoreTokenizer } from "./prepare-data.ts";
import { prepareModel } from "./prepare-model.ts";
import type { TrainSettings } from "./settings.ts";

/** A trained model, ready to run. */
export interface LoadedRun extends ReturnType<typeof prepareModel> {
  readonly registry: Plugins;
  readonly settings: TrainSettings;
  readonly tokenizer: PairTokenizer;
  readonly parameters: ParameterTree;
  readonly length: number;
  readonly step: number;
  /** What the data was: sources with targets, or text alone. */
  readonly task: "pairs" | "text";
}

interface RunConfig {
  readonly settings: TrainSettings;
  readonly tokenizer: unknown;
  readonly task: LoadedRun["task"];
  readonly model: { readonly length: number };
}

/**
 * The newest whole checkpoint of a run folder, with everything that its configuration names.
 *
 * @throws {CheckpointError} `cli/no-checkpoint` if there is none; what reading it throws.
 */
export async function loadRun(
  directory: string,
  context: CommandContext,
  overrides: { backend?: string },
): Promise<LoadedRun> {
  const { checkpoint, skipped } = await latestCheckpoint(directory);
  for (const { message } of skipped) context.output.note(`warning: ${message}`);
  if (!checkpoint) {
    const why = skipped[0] ? `: ${skipped[0].message}` : "";
    throw new CheckpointError("cli/no-checkpoint", `${directory} holds no whole checkpoint of a run${why}`);
  }
  const config = checkpoint.json("config.json") as RunConfig;
  const settings = { ...config.settings, ...overrides };
  const registry = await context.registry([...settings.plugins, ...context.plugins]);
  const tokenizer = restoreTokenizer(config.tokenizer, registry);
  const { length } = config.model;
  const composed = prepareModel(settings, registry, { vocabulary: tokenizer.size, length, output: context.output });
  await composed.backend?.activate();
  const arrays = Object.entries(checkpoint.arrays("model.safetensors"));
  const parameters = unflattenTree(
    Object.fromEntries(arrays.map(([name, { data, shape }]) => [name, tf.tensor(data as Float32Array, [...shape])])),
  );
  return { ...composed, registry, settings, tokenizer, parameters, length, step: checkpoint.step, task: config.task };
}
