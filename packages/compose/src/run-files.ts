import type { NamedArrays } from "@trivium/checkpoint";
import { readTree } from "@trivium/trainer";
import type { OpenedModel } from "./opened-model.ts";

/** The files of a checkpoint that a model opens from again. */
export interface RunFiles {
  readonly "model.safetensors": NamedArrays;
  readonly "config.json": unknown;
}

/**
 * Returns a model as the files of a checkpoint of ours. Adapters are merged. There is no optimiser state: a training goes on
 * from it (`from`), and does not resume it. The arrays may share memory with the parameters.
 *
 * @example await writeCheckpoint("runs/prefix", { step: opened.step, files: await runFiles(opened) });
 */
export async function runFiles(opened: OpenedModel): Promise<RunFiles> {
  const { model, recipe: own, task, tokenizer, data, parameters } = opened;
  const recipe = { ...own, architecture: model.architecture.name, from: undefined, freeze: undefined, lora: undefined };
  const config = {
    recipe,
    task,
    data,
    tokenizer: tokenizer.toJson(),
    architecture: recipe.architecture,
    model: model.config,
  };
  return { "model.safetensors": await readTree(parameters), "config.json": config };
}
