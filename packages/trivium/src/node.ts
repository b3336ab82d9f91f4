/** All of the main entry, and models from folders. */
import { attentionPlugins } from "@trivium/attention";
import { simdPlugin } from "@trivium/backend-simd";
import { filesAt } from "@trivium/checkpoint/node";
import { modelFormatPlugins, type OpenedModel, type OpenModelOptions, openModel } from "@trivium/compose";
import { causalPlugin } from "@trivium/model-causal";
import { encoderDecoderPlugin } from "@trivium/model-encoder-decoder";
import { prefixPlugin } from "@trivium/model-prefix";
import { objectivePlugins } from "@trivium/objectives";
import { pretrainedPlugins } from "@trivium/pretrained";
import { type AnyPlugin, createRegistry } from "@trivium/registry";
import { tokenizerPlugins } from "@trivium/text";

export * from "./index.ts";

export interface OpenFolderOptions extends Partial<OpenModelOptions> {
  /** Another architecture with the same parameters: `"prefix"` for a causal checkpoint. Default: the checkpoint's own. */
  readonly architecture?: string | undefined;
}

/**
 * Opens a model on `simd`: a folder of `trivium train`, or one of Hugging Face's with `config.json`, safetensors and a
 * tokenizer.
 *
 * @param options.registry - plugins in the place of the shipped ones.
 * @throws {CheckpointError} what is missing in the folder, or does not fit.
 * @example for await (const text of streamText(await openFolder("gpt2"), "Hello")) process.stdout.write(text);
 */
export function openFolder(path: string, options: OpenFolderOptions = {}): Promise<OpenedModel> {
  const { architecture, registry = createRegistry<AnyPlugin>(plugins), change = (recipe) => recipe, ...rest } = options;
  return openModel(filesAt(path), {
    ...rest,
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
