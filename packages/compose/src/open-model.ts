import type { Files } from "@trivium/checkpoint";
import { CheckpointError } from "@trivium/core";
import { defineKind } from "@trivium/registry";
import type { WeightFormat } from "@trivium/tensor";
import type { OpenedModel } from "./opened-model.ts";
import type { Recipe } from "./recipe.ts";
import type { Plugins } from "./resolve.ts";

export interface OpenModelOptions {
  readonly registry: Plugins;
  /** Returns a registry with the plugins that the recipe names as files or packages. Default: the one that is given. */
  readonly load?: ((plugins: readonly string[]) => Promise<Plugins>) | undefined;
  /** Returns the files of a model by its place: a run of adapters names the one that they change. Default: none is found. */
  readonly base?: ((place: string) => Promise<Files>) | undefined;
  /** Changes the recipe before it is resolved: another backend, another attention kernel. Default: no change. */
  readonly change?: ((recipe: Recipe) => Recipe) | undefined;
  /**
   * The type that weights are held in, if they are read: true is float32; `"bf16"` and `"q8"` pack matrices, for passes
   * without gradients in a half and about a quarter of the memory. With false `parameters` is empty, which is enough to look
   * at a model of any size. Default true.
   */
  readonly weights?: boolean | WeightFormat | undefined;
  /** The checkpoint of a run: the best one, or that of a step. Default: the newest. */
  readonly checkpoint?: "best" | number | undefined;
  /** The text of a chat template in the place of the model's own. Default: its own. */
  readonly chatTemplate?: string | undefined;
  /** Attributes of a foreign configuration that change no number, beside those that its family knows. Default: none. */
  readonly ignore?: readonly string[] | undefined;
}

/** A format in which trained models are kept. */
export interface ModelFormat {
  /** Returns whether files look like this format; what is broken in them is for `open` to say. */
  recognises(files: Files): Promise<boolean>;
  /** @throws {CheckpointError} what is missing or does not fit. */
  open(files: Files, options: OpenModelOptions): Promise<OpenedModel>;
}

/** The kind of model formats: a value. */
export const modelFormat = defineKind<ModelFormat>()("model-format");

/**
 * Opens a trained model: the first format of the registry that recognises the files reads them.
 *
 * @param files - the files of a folder, or dropped onto a page.
 * @throws {CheckpointError} `compose/unknown-format` if no format does; what the format throws.
 * @throws {UnsupportedError} `tensor/weights` if the backend cannot hold weights in the type that is asked for.
 * @throws {ConfigError} `compose/model-memory` if the backend or the machine cannot hold the model; no weight is read then.
 * @example const { model, parameters, tokenizer } = await openModel(folderFiles("runs/a"), { registry });
 */
export async function openModel(files: Files, options: OpenModelOptions): Promise<OpenedModel> {
  const formats = options.registry.list("model-format");
  for (const { create } of formats) {
    const format = create as ModelFormat;
    if (await format.recognises(files)) return format.open(files, options);
  }
  const names = formats.map(({ name, description }) => `${name} (${description.replace(/\.$/, "")})`).join(", ");
  const problem = `${files.name} holds no whole checkpoint of a run, nor another model that can be opened here`;
  const ofHub = /^\w[\w.-]*(\/\w[\w.-]*)?$/.test(files.name)
    ? `, or write hf:${files.name} for a model of the hub`
    : "";
  const empty = (await files.list()).length === 0 ? `it is empty or is not there: check the path${ofHub}; ` : "";
  throw new CheckpointError("compose/unknown-format", `${problem}; ${empty}formats: ${names || "none"}`);
}
