/** All of the main entry, and models from folders, files and the hub. */
import { attentionPlugins } from "@trivium/attention";
import { simdPlugin } from "@trivium/backend-simd";
import { modelFormatPlugins, type OpenedModel, type OpenModelOptions, openModel as openFiles } from "@trivium/compose";
import { type HubOptions, modelFiles } from "@trivium/hub/node";
import { causalPlugin } from "@trivium/model-causal";
import { encoderDecoderPlugin } from "@trivium/model-encoder-decoder";
import { prefixPlugin } from "@trivium/model-prefix";
import { objectivePlugins } from "@trivium/objectives";
import { pretrainedPlugins } from "@trivium/pretrained";
import { type AnyPlugin, createRegistry } from "@trivium/registry";
import { tokenizerPlugins } from "@trivium/text";

export type { HubOptions } from "@trivium/hub/node";
export * from "./index.ts";

export interface OpenPlaceOptions extends Partial<OpenModelOptions>, HubOptions {
  /** Another architecture with the same parameters: `"prefix"` for a causal checkpoint. Default: the checkpoint's own. */
  readonly architecture?: string | undefined;
}

/**
 * Opens a model on `simd`: a folder of `trivium train`, one of Hugging Face's with `config.json`, safetensors and a
 * tokenizer, a `.gguf` file, or a model of the hub by its id, `owner/name` or `hf:name`.
 *
 * @param options.registry - plugins in the place of the shipped ones.
 * @param options.revision - a branch, a tag or a commit of a model of the hub.
 * @throws {CheckpointError} what is missing, or does not fit; what the hub refuses.
 * @example for await (const text of streamText(await openModel("gpt2"), "Hello")) process.stdout.write(text);
 */
export async function openModel(place: string, options: OpenPlaceOptions = {}): Promise<OpenedModel> {
  const { architecture, registry = createRegistry<AnyPlugin>(plugins), change = (recipe) => recipe } = options;
  return openFiles(await modelFiles(place, options), {
    load: options.load,
    ignore: options.ignore,
    base: options.base ?? ((from) => modelFiles(from, options)),
    registry,
    change: (given) => {
      const recipe = change(given);
      return architecture === undefined ? recipe : { ...recipe, architecture, objective: {} };
    },
  });
}

const plugins: readonly AnyPlugin[] = [
  causalPlugin,
  prefixPlugin,
  encoderDecoderPlugin,
  simdPlugin,
  ...attentionPlugins,
  ...objectivePlugins,
  ...tokenizerPlugins,
  ...pretrainedPlugins,
  ...modelFormatPlugins,
];
