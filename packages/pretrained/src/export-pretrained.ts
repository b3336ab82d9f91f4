import { type FileChunks, float32Of, type NamedArray, type NamedArrays, safetensorsParts } from "@trivium/checkpoint";
import { jsonDifferences, TriviumError } from "@trivium/core";
import { type Architecture, type LanguageModel, resolveConfig } from "@trivium/model";
import { flattenSpecs } from "@trivium/tensor";
import type { PairTokenizer, SpecialTokens } from "@trivium/text";
import { type ForeignConfig, refusing } from "./foreign-config.ts";
import { mapsOf } from "./load-parameters.ts";
import { CONFIG_NAME } from "./open-pretrained.ts";
import type { PretrainedFamily } from "./pretrained-family.ts";
import { foreignShape, toForeign } from "./transform.ts";

export interface ExportPretrainedOptions {
  readonly model: Pick<LanguageModel, "architecture" | "config" | "specs">;
  /** The parameters by dotted path, as a checkpoint of ours holds them. */
  readonly arrays: NamedArrays;
  readonly tokenizer: Pick<PairTokenizer, "special" | "toJson">;
  readonly families: readonly PretrainedFamily[];
  /** The `model_type` to write. Default: the first family that can say all of the configuration. */
  readonly family?: string | undefined;
  /** The most bytes of weights in a file. Default 5 · 10⁹. */
  readonly partBytes?: number | undefined;
}

/** The files of a folder of Hugging Face's, and what a person should know of them. */
export interface ExportedPretrained {
  readonly family: string;
  readonly files: readonly FileChunks[];
  readonly warnings: readonly string[];
}

/**
 * Returns a model as a folder that Hugging Face transformers loads: `config.json`, `generation_config.json`, safetensors
 * and, where the tokenizer has that form, `tokenizer.json`.
 *
 * @throws {CheckpointError} `pretrained/export` if no family can say the configuration, with what each lacks.
 * @example await writeFiles("exported", exportPretrained({ model, arrays, tokenizer, families }).files);
 */
export function exportPretrained(options: ExportPretrainedOptions): ExportedPretrained {
  const { model, tokenizer, partBytes } = options;
  const { family, config } = chooseFamily(options);
  const tensors = foreignArrays(options, family);
  const special = specialIds(tokenizer.special, model.architecture);
  const json = tokenizer.toJson();
  const own = json.name === "shared" && json.tokenizer.name === "hugging-face" ? json.tokenizer.definition : undefined;
  const warnings = own === undefined ? ["the tokenizer has no form there and is left out; ids are the same"] : [];
  if (model.architecture.name !== family.architecture) {
    warnings.push(
      `a ${model.architecture.name} model is read as ${family.architecture} there: the mask is another one`,
    );
  }
  return {
    family: family.name,
    warnings,
    files: [
      ...safetensorsParts(tensors, { partBytes, metadata: { format: "pt" } }),
      jsonFile("generation_config.json", special),
      ...(own === undefined ? [] : [jsonFile("tokenizer.json", own)]),
      jsonFile(CONFIG_NAME, { ...config, ...special, architectures: [family.implementation], dtype: "float32" }),
    ],
  };
}

function chooseFamily(options: ExportPretrainedOptions): { family: PretrainedFamily; config: ForeignConfig } {
  const { families, family: asked, model } = options;
  const candidates = families.filter(({ name }) => asked === undefined || name === asked);
  const reasons: string[] = [];
  for (const family of candidates) {
    const written = writtenBy(family, model);
    if (typeof written !== "string") return { family, config: written };
    reasons.push(`${family.name}: ${written}`);
  }
  const names = families.map(({ name }) => name).join(", ");
  const why = reasons.length > 0 ? reasons.join("; ") : `there is no family "${asked}"; families: ${names}`;
  return refusing(
    "export",
    "export",
  )(`no family can say this model: ${why}; a family of your own is a plugin of the kind "pretrained-family"`);
}

/** The foreign configuration of a model, or why there is none: it must say all, and have a place for every parameter. */
function writtenBy(family: PretrainedFamily, { architecture, config, specs }: ExportPretrainedOptions["model"]) {
  try {
    const resolved = resolveConfig(architecture, config);
    const written = family.write(resolved);
    const has = (name: string): boolean => name !== "final_logits_bias" || config.head.bias;
    const read = family.read(written, { has, isTied: config.head.tied }, { place: "export", ignore: [] });
    const different = jsonDifferences(comparable(architecture, config), comparable(architecture, read))
      .filter(({ path }) => !/^(initialisation|dropout|length)\b/.test(path))
      .map(({ path, was, is }) => `${path} is ${was}, not ${is}`);
    if (different.length > 0) return `it has no ${different.slice(0, 3).join(", no ")}`;
    const shapes = new Map(Object.entries(flattenSpecs(specs)).map(([path, { shape }]) => [path, shape]));
    const placed = new Set(mapsOf(family, resolved, shapes).flatMap(({ paths }) => paths));
    const lost = [...shapes.keys()].filter((path) => !placed.has(path));
    return lost.length > 0 ? `it has no place for ${lost.slice(0, 3).join(", ")}` : written;
  } catch (error) {
    if (!TriviumError.is(error)) throw error;
    return error.message;
  }
}

const comparable = (architecture: Architecture, config: Parameters<typeof resolveConfig>[1]): unknown => {
  const { layers, biases, ...resolved } = resolveConfig(architecture, config);
  const each = typeof biases === "boolean" ? { queryKeyValue: biases, output: biases, feedForward: biases } : biases;
  const perStream = architecture.streams.map((stream) => (typeof layers === "number" ? layers : layers[stream]));
  return JSON.parse(JSON.stringify({ ...resolved, layers: perStream, biases: each }));
};

function foreignArrays({ model, arrays }: ExportPretrainedOptions, family: PretrainedFamily): NamedArrays {
  const config = resolveConfig(model.architecture, model.config);
  const shapes = new Map(Object.entries(flattenSpecs(model.specs)).map(([path, { shape }]) => [path, shape]));
  const entries = mapsOf(family, config, shapes).map((map): [string, NamedArray] => {
    const own = map.paths.map((path) => shapes.get(path) as readonly number[]);
    const values = map.paths.map((path) => float32Of(arrays[path] as NamedArray, path));
    const [name] = map.names;
    const data = toForeign(map, values, own);
    return [
      isOutside(name, family) ? name : family.prefix + name,
      { dtype: "F32", shape: foreignShape(map, own), data },
    ];
  });
  return Object.fromEntries(entries);
}

const isOutside = (name: string, { head, outside = [] }: PretrainedFamily): boolean =>
  name === head || outside.includes(name);

function specialIds({ end, pad, named, frame }: SpecialTokens, { streams }: Architecture): ForeignConfig {
  // A start of the decoder would say that there are two streams.
  const { start, before = [] } = (streams.length > 1 ? frame.target : undefined) ?? {};
  return JSON.parse(
    JSON.stringify({
      bos_token_id: named.begin,
      eos_token_id: end.length > 1 ? end : end[0],
      pad_token_id: pad,
      decoder_start_token_id: start,
      forced_bos_token_id: before[0],
    }),
  );
}

const jsonFile = (name: string, value: unknown): FileChunks => ({
  name,
  chunks: [new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`)],
});
