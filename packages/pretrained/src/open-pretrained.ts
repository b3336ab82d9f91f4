import { type Files, type OpenedArrays, openWeights } from "@trivium/checkpoint";
import { CheckpointError, TriviumError } from "@trivium/core";
import { type Architecture, type ModelOptions, parameterSpecs, resolveConfig } from "@trivium/model";
import type { ParameterTree } from "@trivium/tensor";
import { type ForeignConfig, refusing } from "./foreign-config.ts";
import { foreignTensors, leastWeights, tensorNames } from "./foreign-tensors.ts";
import type { FoundDefinition } from "./found-definition.ts";
import { openGgufCheckpoint } from "./gguf-checkpoint.ts";
import { type HoldParameter, loadParameters, planTensors } from "./load-parameters.ts";
import type { PretrainedFamily } from "./pretrained-family.ts";
import { type GenerationDefaults, generationOfConfig, readGeneration } from "./read-generation.ts";
import { readJson } from "./read-json.ts";

export interface OpenPretrainedOptions {
  readonly families: readonly PretrainedFamily[];
  /** Returns the architecture of a name. */
  readonly architecture: (name: string) => Architecture;
  /** Attributes of the configuration that the caller knows to change no number. Default: none. */
  readonly ignore?: readonly string[] | undefined;
  /** Is told the least number of weights that the model has, before one is read; may throw. Default: nothing. */
  readonly onWeights?: ((count: number) => void) | undefined;
}

/** A foreign checkpoint whose configuration is read and whose tensors fit it; no weight is read yet. */
export interface OpenedPretrained {
  readonly family: PretrainedFamily;
  readonly architecture: Architecture;
  readonly config: ModelOptions;
  /** The attributes of `config.json`, of `generation_config.json` over them, and the family's ids below them. */
  readonly foreign: ForeignConfig;
  /** A tokenizer that comes with the weights, as a GGUF has one. */
  readonly definition?: FoundDefinition | undefined;
  /** Where attributes and tensors disagree, and what was done about it. */
  readonly warnings: readonly string[];
  /** Returns how it asks to be answered with. @throws {CheckpointError} `pretrained/generation` for what cannot be applied. */
  generation(): GenerationDefaults;
  /** Reads the parameters, which belong to the caller. @throws {CheckpointError} `pretrained/not-finite`. */
  load(hold?: HoldParameter | Promise<HoldParameter>): Promise<ParameterTree>;
}

/** The file that makes a folder one of Hugging Face's. */
export const CONFIG_NAME = "config.json";

/**
 * Opens a folder of Hugging Face's, or a GGUF where there is no `config.json`: reads the configuration by its family, and
 * holds the tensors against the model that it describes.
 *
 * @throws {CheckpointError} `pretrained/family` for a `model_type` that no family has, `pretrained/attributes`,
 *   `pretrained/config`, `pretrained/tensors`, `pretrained/copies`; what `openWeights` throws.
 * @example const { config, load } = await openPretrained(folderFiles("gpt2"), { families: [gpt2], architecture: () => causal });
 */
export async function openPretrained(files: Files, options: OpenPretrainedOptions): Promise<OpenedPretrained> {
  const { families, ignore = [], onWeights } = options;
  const { place, config, openArrays, generation, definition } = await sourceOf(files);
  const family = families.find(({ name }) => name === config.model_type) ?? noFamily(config, families, place);
  const arrays = await openArrays();
  const tensors = foreignTensors(arrays, family, files.name);
  onWeights?.(leastWeights(tensors, family));
  const { warnings, ...names } = await tensorNames(tensors, family, config.tie_word_embeddings);
  const architecture = options.architecture(family.architecture);
  const read = readOptions(() => {
    const own = family.read(config, names, { place, ignore });
    const resolved = resolveConfig(architecture, own);
    const layers = typeof resolved.layers === "number" ? [resolved.layers] : Object.values(resolved.layers);
    const most = Math.max(...layers);
    if (most > arrays.infos.size)
      refusing(place)(
        `it has ${most} layers, and the weights are ${arrays.infos.size} tensors; take the file that belongs to these weights`,
      );
    return { own, resolved };
  }, place);
  const { own, resolved } = read;
  const planned = await planTensors({
    family,
    tensors,
    config: resolved,
    specs: parameterSpecs(architecture, resolved),
    place: files.name,
  });
  return {
    family,
    architecture,
    config: own,
    foreign: { ...family.tokens, ...config, ...generation },
    definition,
    warnings: warnings.map((warning) => `${files.name}: ${warning}`),
    generation: () =>
      readGeneration(generation ?? generationOfConfig(config), {
        place: generation ? `${files.name}/${GENERATION_NAME}` : place,
        ignore,
        isPair: architecture.streams.length > 1,
      }),
    load: (hold) => loadParameters(planned, tensors, hold),
  };
}

interface Source {
  /** The place of the configuration in messages. */
  readonly place: string;
  readonly config: ForeignConfig;
  readonly openArrays: () => Promise<OpenedArrays>;
  /** Undefined where it has no file of its own. */
  readonly generation?: ForeignConfig | undefined;
  readonly definition?: FoundDefinition | undefined;
}

async function sourceOf(files: Files): Promise<Source> {
  const names = await files.list();
  const [gguf, ...others] = names.filter((name) => name.endsWith(GGUF_END)).toSorted();
  if (!names.includes(CONFIG_NAME) && gguf !== undefined) {
    if (others.length > 0) refusing(files.name)(`it holds ${[gguf, ...others].join(", ")}; name one of these files`);
    const { config, arrays, definition } = await openGgufCheckpoint(files, gguf);
    return { place: `${files.name}/${gguf}`, config, definition, openArrays: async () => arrays };
  }
  const config = await readJson(files, CONFIG_NAME);
  const generation = names.includes(GENERATION_NAME) ? await readJson(files, GENERATION_NAME) : undefined;
  return { place: `${files.name}/${CONFIG_NAME}`, config, generation, openArrays: () => openWeights(files) };
}

/** The end of the name of a file that is a whole checkpoint. */
export const GGUF_END = ".gguf";

const GENERATION_NAME = "generation_config.json";

/** What a configuration asks of a model that cannot be made is the file's fault. */
function readOptions<T>(action: () => T, place: string): T {
  try {
    return action();
  } catch (cause) {
    if (!TriviumError.is(cause, "model/config")) throw cause;
    throw new CheckpointError("pretrained/config", `${place}: ${cause.message}`, { cause });
  }
}

function noFamily({ model_type: type }: ForeignConfig, families: readonly PretrainedFamily[], place: string): never {
  const names = families.map(({ name }) => name).join(", ");
  const got = typeof type === "string" ? JSON.stringify(type) : "none";
  return refusing(
    place,
    "family",
  )(
    `the model_type is ${got}; families that can be read: ${names}; another one is a plugin of the kind "pretrained-family"`,
  );
}
