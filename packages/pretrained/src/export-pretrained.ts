import { type FileChunks, float32Of, type NamedArray, type NamedArrays, safetensorsParts } from "@trivium/checkpoint";
import { type Architecture, type LanguageModel, resolveConfig } from "@trivium/model";
import { flattenSpecs } from "@trivium/tensor";
import type { PairTokenizer, SpecialTokens, TokenizerDefinition } from "@trivium/text";
import { chooseFamily, wholeName } from "./choose-family.ts";
import { definitionOf } from "./definition-of.ts";
import type { ForeignConfig } from "./foreign-config.ts";
import { jsonFile } from "./json-file.ts";
import { mapsOf } from "./load-parameters.ts";
import { CONFIG_NAME } from "./open-pretrained.ts";
import type { PretrainedFamily } from "./pretrained-family.ts";
import { foreignShape, toForeign } from "./transform.ts";

export interface ExportPretrainedOptions {
  readonly model: Pick<LanguageModel, "architecture" | "config" | "specs">;
  /** The parameters by dotted path, as a checkpoint of ours holds them. */
  readonly arrays: NamedArrays;
  readonly tokenizer: Pick<PairTokenizer, "special" | "size" | "toJson">;
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
  const { family, config } = chooseFamily(options, options.family);
  const tensors = foreignArrays(options, family);
  const special = specialIds(tokenizer.special, model.architecture);
  const own = definitionOf(tokenizer);
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
      ...(own === undefined ? [] : tokenizerFiles(own, special)),
      jsonFile(CONFIG_NAME, { ...config, ...special, architectures: [family.implementation], dtype: "float32" }),
    ],
  };
}

/** A tokenizer, and which of its tokens begin, end and fill up a text. */
function tokenizerFiles(definition: TokenizerDefinition, special: ForeignConfig): FileChunks[] {
  const content = (id: unknown): string | undefined =>
    definition.added_tokens?.find((token) => token.id === [id].flat()[0])?.content;
  const config = {
    tokenizer_class: "PreTrainedTokenizerFast",
    bos_token: content(special.bos_token_id),
    eos_token: content(special.eos_token_id),
    pad_token: content(special.pad_token_id),
    clean_up_tokenization_spaces: false,
  };
  return [jsonFile("tokenizer.json", definition), jsonFile("tokenizer_config.json", config)];
}

export function foreignArrays(
  { model, arrays }: Pick<ExportPretrainedOptions, "model" | "arrays">,
  family: PretrainedFamily,
): NamedArrays {
  const config = resolveConfig(model.architecture, model.config);
  const shapes = new Map(Object.entries(flattenSpecs(model.specs)).map(([path, { shape }]) => [path, shape]));
  const entries = mapsOf(family, config, shapes).map((map): [string, NamedArray] => {
    const own = map.paths.map((path) => shapes.get(path) as readonly number[]);
    const values = map.paths.map((path) => float32Of(arrays[path] as NamedArray, path));
    const [name] = map.names;
    const data = toForeign(map, values, own);
    return [wholeName(name, family), { dtype: "F32", shape: foreignShape(map, own), data }];
  });
  return Object.fromEntries(entries);
}

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
