import {
  encodeGguf,
  type FileChunks,
  type NamedArray,
  type TypedGgufValue,
  type WrittenType,
} from "@trivium/checkpoint";
import { resolveConfig, windowsOf } from "@trivium/model";
import { chooseFamily } from "./choose-family.ts";
import { definitionOf } from "./definition-of.ts";
import { type ExportedPretrained, type ExportPretrainedOptions, foreignArrays } from "./export-pretrained.ts";
import { type ForeignConfig, refusing } from "./foreign-config.ts";
import { ggufTokenizer } from "./gguf-metadata.ts";
import { inner, outer } from "./gguf-names.ts";
import { type GgufRotary, ggufRotary, ROPE_FACTORS } from "./gguf-rotary.ts";

export interface ExportGgufOptions extends Omit<ExportPretrainedOptions, "partBytes"> {
  /** The type of matrices; norms and biases stay F32. Default F32. */
  readonly type?: Exclude<WrittenType, "F16"> | undefined;
  /** The name of the model in its metadata. Default `"trivium"`. */
  readonly name?: string | undefined;
}

/** Families that llama.cpp runs under the same name. */
const runnable = ["llama", "qwen2", "qwen3"];

/** The number of a type of files. */
const fileTypes = { F32: 0, BF16: 32, Q8_0: 7 } as const;

/**
 * Returns a Llama-like model as a GGUF file with its tokenizer, which llama.cpp loads.
 *
 * @throws {CheckpointError} `pretrained/export` if no family of these can say the configuration, for a window that hides
 *   something, or a rotary scaling that llama.cpp does not compute.
 * @source https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
 * @example await writeFiles("exported", exportGguf({ model, arrays, tokenizer, families, type: "Q8_0" }).files);
 */
export function exportGguf({ type = "F32", name = "trivium", ...options }: ExportGgufOptions): ExportedPretrained {
  const families = options.families.filter((family) => runnable.includes(family.name));
  const model = withoutIdleWindows(options.model);
  // llama.cpp runs Mistral's models as Llama's.
  const asked = options.family === "mistral" ? "llama" : options.family;
  const { family, config } = chooseFamily({ model, families }, asked);
  const rotary = ggufRotary(family.name, config);
  const { metadata, warning } = ggufTokenizer(
    definitionOf(options.tokenizer),
    options.tokenizer.special,
    Number(config.vocab_size),
  );
  const heads =
    family.name === "llama"
      ? { q: Number(config.num_attention_heads), k: Number(config.num_key_value_heads) }
      : undefined;
  const arrays = Object.entries(foreignArrays({ ...options, model }, family)).map(([theirs, array]) => {
    const own = ggufName(theirs);
    const part = /\.attn_([qk])\./.exec(own)?.[1] as "q" | "k" | undefined;
    return [own, heads && part ? inPairs(array, heads[part]) : (array as Plain)] as const;
  });
  const factors = rotary.factors && { [ROPE_FACTORS]: { shape: [rotary.factors.length], data: rotary.factors } };
  const values = {
    "general.architecture": ["string", family.name],
    "general.name": ["string", name],
    "general.file_type": ["u32", fileTypes[type]],
    "general.quantization_version": ["u32", 2],
    ...sizesOf(family.name, config, rotary),
    ...metadata,
  } satisfies Record<string, TypedGgufValue>;
  const file: FileChunks = {
    name: `model-${type}.gguf`,
    chunks: encodeGguf({ metadata: values, tensors: { ...factors, ...Object.fromEntries(arrays) }, type }),
  };
  const { name: own } = options.model.architecture;
  const mask =
    own === family.architecture
      ? []
      : [`a ${own} model is read as ${family.architecture} there: the mask is another one`];
  return { family: family.name, files: [file], warnings: [...(warning === undefined ? [] : [warning]), ...mask] };
}

function sizesOf(family: string, config: ForeignConfig, rotary: GgufRotary): Record<string, TypedGgufValue> {
  const { rope_theta: base } = config.rope_parameters as { rope_theta: number };
  const count = (key: string): TypedGgufValue => ["u32", Number(config[key])];
  const own: Record<string, TypedGgufValue> = {
    context_length: count("max_position_embeddings"),
    embedding_length: count("hidden_size"),
    block_count: count("num_hidden_layers"),
    feed_forward_length: count("intermediate_size"),
    "attention.head_count": count("num_attention_heads"),
    "attention.head_count_kv": count("num_key_value_heads"),
    "attention.key_length": count("head_dim"),
    "attention.value_length": count("head_dim"),
    "attention.layer_norm_rms_epsilon": ["f32", Number(config.rms_norm_eps)],
    "rope.dimension_count": count("head_dim"),
    "rope.freq_base": ["f32", base],
    vocab_size: count("vocab_size"),
    ...rotary.values,
  };
  return Object.fromEntries(Object.entries(own).map(([key, value]) => [`${family}.${key}`, value]));
}

/**
 * Returns a model without windows that reach over its whole length, which hide nothing.
 *
 * @throws {CheckpointError} `pretrained/export` for a window that hides something.
 */
function withoutIdleWindows(model: ExportPretrainedOptions["model"]): ExportPretrainedOptions["model"] {
  const { architecture, config } = model;
  const [stream] = architecture.streams;
  const windows = windowsOf(resolveConfig(architecture, config), stream as string);
  const narrow = windows.find((window) => window < config.length);
  if (narrow !== undefined) {
    const problem = `llama.cpp runs ${runnable.join(", ")} without windows, and this model has one of ${narrow} in ${config.length} positions`;
    refusing("export", "export")(`${problem}; export it as huggingface`);
  }
  return { ...model, config: { ...config, attention: { ...config.attention, window: null } } };
}

const outside = new Map(Object.entries(outer).map(([own, theirs]) => [theirs, own]));
const inside = new Map(Object.entries(inner).map(([own, theirs]) => [theirs, own]));

function ggufName(name: string): string {
  const [, layer, module = "", part] = /^model\.layers\.(\d+)\.(.+)\.(weight|bias)$/.exec(name) ?? [];
  const own = inside.get(module);
  return own === undefined ? (outside.get(name) ?? name) : `blk.${layer}.${own}.${part}`;
}

type Plain = Extract<NamedArray, { dtype: "F32" }>;

/** Row `i + j · D/2` of each head becomes row `2i + j`, as llama.cpp turns the heads of this family. */
function inPairs(array: NamedArray, heads: number): Plain {
  const { shape, data } = array as Plain;
  const [rows = 0, width = 1] = shape;
  const half = rows / heads / 2;
  const turned = new Float32Array(data.length);
  for (let row = 0; row < rows; row++) {
    const [head, within] = [Math.floor(row / (2 * half)), row % (2 * half)];
    const to = 2 * half * head + 2 * (within % half) + Math.floor(within / half);
    turned.set(data.subarray(row * width, (row + 1) * width), to * width);
  }
  return { dtype: "F32", shape, data: turned };
}
