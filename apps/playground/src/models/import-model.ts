import { attentionPlugins } from "@trivium/attention";
import { blobFiles } from "@trivium/checkpoint";
import { modelFormatPlugins, openModel } from "@trivium/compose";
import { causalPlugin } from "@trivium/model-causal";
import { encoderDecoderPlugin } from "@trivium/model-encoder-decoder";
import { prefixPlugin } from "@trivium/model-prefix";
import { positionsPlugins } from "@trivium/nn";
import { corruptionPlugins, objectivePlugins } from "@trivium/objectives";
import { pretrainedPlugins } from "@trivium/pretrained";
import { createRegistry } from "@trivium/registry";
import { type Backend, backend as backendKind } from "@trivium/tensor";
import { tokenizerPlugins } from "@trivium/text";
import type { HeldModels } from "./held-model.ts";
import type { ModelSource } from "./protocol.ts";

const BACKEND = "page";

/** The name of the files in messages. */
const DROPPED = "the dropped files";

/**
 * Opens the files of one checkpoint: ours, with `model.safetensors` and `config.json` or a whole run, or Hugging Face's,
 * with the files of its tokenizer too.
 *
 * @throws {TriviumError} what `openModel` throws.
 */
export async function importModel(
  files: Extract<ModelSource, { type: "files" }>["files"],
  backend: Backend,
): Promise<HeldModels> {
  const registry = createRegistry([
    causalPlugin,
    prefixPlugin,
    encoderDecoderPlugin,
    ...attentionPlugins,
    ...positionsPlugins,
    ...corruptionPlugins,
    ...objectivePlugins,
    ...tokenizerPlugins,
    ...pretrainedPlugins,
    ...modelFormatPlugins,
    backendKind(BACKEND, backend, { description: "The backend of the page." }),
  ]);
  const opened = await openModel(blobFiles(DROPPED, Object.fromEntries(files.map(({ path, file }) => [path, file]))), {
    registry,
    change: (recipe) => ({ ...recipe, backend: { name: BACKEND }, attention: {} }),
  });
  const { model, parameters, tokenizer, objective, task, warnings } = opened;
  const held = { name: model.architecture.name, model, parameters, tokenizer, objective, task };
  return { models: [held], sample: "the cat sat on the mat", warnings };
}
