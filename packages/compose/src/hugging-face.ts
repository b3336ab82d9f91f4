import type { Files } from "@trivium/checkpoint";
import { CONFIG_NAME, GGUF_END, openPretrained, readTokenizer } from "@trivium/pretrained";
import { familiesOf } from "./apply-adapter.ts";
import { assertSameStreams } from "./assert-same-streams.ts";
import { composeRecipe } from "./compose-recipe.ts";
import { assertComposedFits, assertModelFits } from "./fit-model.ts";
import { formatOf, holderOf } from "./hold-weights.ts";
import { type ModelFormat, modelFormat, type OpenModelOptions } from "./open-model.ts";
import type { OpenedModel } from "./opened-model.ts";
import { readRecipe } from "./recipe.ts";
import { resolveArchitecture, resolveEngine } from "./resolve.ts";

async function open(files: Files, options: OpenModelOptions): Promise<OpenedModel> {
  const { registry, change = (recipe) => recipe, ignore, weights = true } = options;
  const families = familiesOf(registry);
  const opened = await openPretrained(files, {
    families,
    architecture: (name) => resolveArchitecture(name, registry),
    ignore,
    onWeights: (count) => {
      // Another backend may be chosen, which the configuration is not needed for.
      const { backend } = resolveEngine(change(readRecipe({}, files.name)), registry);
      if (weights) assertModelFits({ name: files.name, weights: count, backend, type: formatOf(weights) });
    },
  });
  const { vocabulary, length, ...model } = opened.config;
  const recipe = change(readRecipe({ architecture: opened.architecture.name, model }, files.name));
  assertSameStreams(opened.architecture, resolveArchitecture(recipe.architecture, registry));
  const engine = resolveEngine(recipe, registry);
  // Threads start while the tokenizer and the first weights are read.
  const active = engine.backend.activate();
  active.catch(() => {});
  const read = await readTokenizer(files, {
    foreign: opened.foreign,
    vocabulary,
    definition: opened.definition,
    chatTemplate: options.chatTemplate,
  });
  const { tokenizer, chat } = read;
  const composed = composeRecipe(recipe, registry, { config: opened.config, tokenizer, engine });
  if (weights) assertComposedFits(files.name, composed.model, { ...engine, type: formatOf(weights) });
  const hold = active.then(() => holderOf(formatOf(weights)));
  return {
    name: files.name,
    model: composed.model,
    parameters: weights ? await opened.load(hold) : await active.then(() => ({})),
    tokenizer,
    chat,
    objective: composed.objective,
    engine,
    recipe,
    step: 0,
    task: composed.architecture.streams.length > 1 ? "pairs" : "text",
    length: composed.model.length,
    registry,
    generation: opened.generation,
    warnings: [...opened.warnings, ...read.warnings, ...composed.warnings.map(({ message }) => message)],
  };
}

const huggingFace: ModelFormat = {
  async recognises(files) {
    const names = await files.list();
    // A checkpoint of a run has a manifest beside its configuration.
    if (names.includes(CONFIG_NAME)) return !names.includes("manifest.json");
    return names.some((name) => name.endsWith(GGUF_END));
  },
  open,
};

/** Folders of Hugging Face's: `config.json`, safetensors and a tokenizer; or a GGUF. */
export const huggingFacePlugin = modelFormat("hugging-face", huggingFace, {
  description: "A folder of Hugging Face's: config.json and safetensors; or a GGUF.",
});
