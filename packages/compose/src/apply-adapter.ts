import { type Files, latestCheckpointIn, type NamedArrays } from "@trivium/checkpoint";
import { CheckpointError } from "@trivium/core";
import { type LanguageModel, type Lora, loraSpecs, mergeLora } from "@trivium/model";
import { ADAPTER_CONFIG, type PretrainedFamily, readPeft } from "@trivium/pretrained";
import { disposeTree, flattenSpecs, flattenTree, type ParameterTree, tf } from "@trivium/tensor";
import { treeOfArrays } from "@trivium/trainer";
import { z } from "zod";
import type { OpenedModel } from "./opened-model.ts";
import { parametersHash } from "./parameters-hash.ts";

/** The part of a run's `config.json` that says what its adapters are. */
export const adapterSchema = z.object({
  lora: z.object({ rank: z.int().positive(), alpha: z.number(), targets: z.array(z.string()) }),
  from: z.object({ hash: z.string() }),
});

/**
 * Opens adapters for a model, and merges them into its parameters: a folder of PEFT's, or a run of `train --lora-rank`.
 *
 * @param opened - the model. Its parameters are consumed.
 * @throws {CheckpointError} `compose/adapter` if the files hold no adapters, or those of other weights; what `readPeft` throws.
 * @example const adapted = await withAdapter(await openModel(files, { registry }), folderFiles("adapter"));
 */
export async function withAdapter(
  opened: OpenedModel,
  files: Files,
  { ignore }: { readonly ignore?: readonly string[] | undefined } = {},
): Promise<OpenedModel> {
  const { model, parameters, registry } = opened;
  const adapter = (await files.list()).includes(ADAPTER_CONFIG)
    ? await readPeft(files, { model, families: familiesOf(registry), ignore })
    : await adapterOfRun(files, opened);
  return {
    ...opened,
    parameters: adaptedParameters(model, parameters, adapter),
    adapter: { ...adapter, name: files.name },
  };
}

/** The families of a registry. */
export const familiesOf = (registry: OpenedModel["registry"]): PretrainedFamily[] =>
  registry.list("pretrained-family").map(({ create }) => create as PretrainedFamily);

async function adapterOfRun(files: Files, { parameters, name }: OpenedModel): Promise<Lora & { arrays: NamedArrays }> {
  const { checkpoint } = await latestCheckpointIn(files);
  const read = adapterSchema.safeParse(checkpoint?.json("config.json"));
  if (!checkpoint || !read.success) {
    const wanted = "a folder of PEFT's (adapter_config.json), or a run of `trivium train --lora-rank`";
    throw new CheckpointError("compose/adapter", `${files.name} holds no adapters; give ${wanted}`);
  }
  await assertSameWeights(read.data.from.hash, parameters, { adapters: files.name, base: name });
  return { ...read.data.lora, arrays: checkpoint.arrays("model.safetensors") };
}

/** Adapters change the weights that they were trained beside. @throws {CheckpointError} `compose/adapter` */
export async function assertSameWeights(
  hash: string,
  parameters: ParameterTree,
  { adapters, base }: { readonly adapters: string; readonly base: string },
): Promise<void> {
  if (Object.keys(parameters).length === 0 || (await parametersHash(parameters)) === hash) return;
  const problem = `${adapters} was trained beside other weights than ${base} holds: their hash was ${hash}`;
  throw new CheckpointError("compose/adapter", `${problem}; open it with the model that it was trained from`);
}

/** Merges adapters into parameters, which are consumed; none for none. */
export function adaptedParameters(
  { specs }: Pick<LanguageModel, "specs">,
  parameters: ParameterTree,
  adapter: Lora & { readonly arrays: NamedArrays },
): ParameterTree {
  if (Object.keys(parameters).length === 0) return parameters;
  const adapters = treeOfArrays(adapter.arrays, flattenSpecs(loraSpecs(specs, adapter)), "adapters");
  const merged = mergeLora(parameters, adapters, adapter);
  const former = flattenTree(parameters);
  tf.dispose(adapter.targets.map((path) => former[path]!));
  disposeTree(adapters);
  return merged;
}
