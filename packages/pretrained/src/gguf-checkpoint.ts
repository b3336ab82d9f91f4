import {
  type Files,
  float32Of,
  type GgufValue,
  type NamedArray,
  type OpenedArrays,
  type OpenedGguf,
  openGguf,
} from "@trivium/checkpoint";
import { type ForeignConfig, refusing } from "./foreign-config.ts";
import type { FoundDefinition } from "./found-definition.ts";
import { inner, outer } from "./gguf-names.ts";
import { ROPE_FACTORS, rotaryOfGguf } from "./gguf-rotary.ts";
import { ggufDefinition } from "./gguf-tokenizer.ts";

/** A GGUF as a folder of Hugging Face's would be: its configuration, its tensors by their names there, its tokenizer. */
export interface GgufCheckpoint {
  readonly config: ForeignConfig;
  readonly arrays: OpenedArrays;
  /** Undefined for one that cannot be read. */
  readonly definition: FoundDefinition | undefined;
}

/** Architectures of which heads turn as the halves of Hugging Face's do; those of `llama` turn in pairs of neighbours. */
const architectures = ["llama", "qwen2", "qwen3"];

/**
 * Opens a GGUF of a Llama-like model.
 *
 * @throws {CheckpointError} `pretrained/family` for another architecture, `pretrained/config` for what ours lacks; what
 *   `openGguf` throws.
 */
export async function openGgufCheckpoint(files: Files, path: string): Promise<GgufCheckpoint> {
  const place = `${files.name}/${path}`;
  const opened = await openGguf(files, path);
  const { values } = opened;
  const architecture = String(values["general.architecture"]);
  if (!architectures.includes(architecture)) {
    refusing(
      place,
      "family",
    )(
      `its architecture is ${JSON.stringify(architecture)}; those that can be read: ${architectures.join(", ")}; take another model, or this one as safetensors`,
    );
  }
  const factors =
    architecture === "llama" && opened.infos.has(ROPE_FACTORS) ? await opened.read(ROPE_FACTORS) : undefined;
  return {
    config: configOf(opened, { architecture, place, factors }),
    arrays: renamed(opened, architecture === "llama" ? headsOf(values) : undefined),
    definition: ggufDefinition(values, place),
  };
}

/** Metadata behind the name of the architecture that `configOf` reads, or that change no number. */
const handled = new Set([
  ...["embedding_length", "feed_forward_length", "block_count", "context_length", "vocab_size", "expert_count"],
  ...["attention.head_count", "attention.head_count_kv", "attention.key_length", "attention.value_length"],
  ...["attention.layer_norm_rms_epsilon", "rope.dimension_count", "rope.freq_base", "rope.scaling.type"],
  ...["rope.scaling.factor", "rope.scaling.original_context_length", "rope.scaling.attn_factor"],
  ...["rope.scaling.yarn_beta_fast", "rope.scaling.yarn_beta_slow", "rope.scaling.finetuned"],
  ...["expert_used_count", "tensor_data_layout"],
]);

interface ConfigRequest {
  readonly architecture: string;
  readonly place: string;
  readonly factors: NamedArray | undefined;
}

function configOf({ values, infos }: OpenedGguf, { architecture, place, factors }: ConfigRequest): ForeignConfig {
  const own = (key: string): GgufValue | undefined => plain(values[`${architecture}.${key}`]);
  if (typeof own("expert_count") === "number" && own("expert_count") !== 0) {
    refusing(place)("it has experts, which no family has here; take a model without them");
  }
  const id = (name: string): GgufValue | undefined => values[`tokenizer.ggml.${name}_token_id`];
  const known = {
    model_type: architecture,
    vocab_size: infos.get("token_embd.weight")?.shape[0],
    hidden_size: own("embedding_length"),
    intermediate_size: own("feed_forward_length"),
    num_hidden_layers: own("block_count"),
    num_attention_heads: own("attention.head_count"),
    num_key_value_heads: own("attention.head_count_kv"),
    head_dim: own("attention.key_length"),
    rms_norm_eps: own("attention.layer_norm_rms_epsilon"),
    max_position_embeddings: own("context_length"),
    rope_theta: own("rope.freq_base"),
    rope_scaling: rotaryOfGguf({ own, place, factors: factors && float32Of(factors, ROPE_FACTORS) }),
    attention_bias: architecture === "llama" ? infos.has("blk.0.attn_q.bias") : undefined,
    mlp_bias: architecture === "llama" ? infos.has("blk.0.ffn_gate.bias") : undefined,
    bos_token_id: id("bos"),
    eos_token_id: id("eos"),
    pad_token_id: id("padding"),
  };
  assertWholeHeads(own, place);
  const strange = Object.entries(values).flatMap(([key, value]) =>
    key.startsWith(`${architecture}.`) && !handled.has(key.slice(architecture.length + 1)) ? [[key, plain(value)]] : [],
  );
  return Object.fromEntries([...Object.entries(known), ...strange].filter(([, value]) => value !== undefined));
}

/** Large integers as numbers, of which those of a configuration are. */
const plain = (value: GgufValue | undefined): GgufValue | undefined =>
  typeof value === "bigint" ? Number(value) : value;

/** @throws {CheckpointError} `pretrained/config` for heads that turn in part, or whose values have another width. */
function assertWholeHeads(own: (key: string) => GgufValue | undefined, place: string): void {
  const width = own("attention.key_length") ?? Number(own("embedding_length")) / Number(own("attention.head_count"));
  for (const key of ["rope.dimension_count", "attention.value_length"]) {
    const got = own(key) ?? width;
    if (got === width || Number.isNaN(width)) continue;
    refusing(place)(
      `${key} is ${got} in heads ${width} wide, which no family has here; take a model where both are the same`,
    );
  }
}

function headsOf(values: OpenedGguf["values"]) {
  const heads = Number(values["llama.attention.head_count"]);
  return { q: heads, k: Number(values["llama.attention.head_count_kv"] ?? heads) };
}

function foreignName(name: string): string {
  const [, layer, part = "", kind] = /^blk\.(\d+)\.(\w+)\.(weight|bias)$/.exec(name) ?? [];
  const own = Object.hasOwn(inner, part) ? inner[part] : undefined;
  return own === undefined ? (outer[name] ?? name) : `model.layers.${layer}.${own}.${kind}`;
}

/** The same tensors by their names there, with the rows of queries and keys in halves instead of pairs. */
function renamed(opened: OpenedGguf, heads: { q: number; k: number } | undefined): OpenedArrays {
  const stored = [...opened.infos.keys()].filter((name) => !(heads && name === ROPE_FACTORS));
  const names = new Map(stored.map((name) => [foreignName(name), name]));
  const nameOf = (name: string): string => names.get(name) ?? name;
  return {
    metadata: {},
    infos: new Map(
      [...names].map(([name, stored]) => [name, { name, dtype: "F32", shape: opened.infos.get(stored)?.shape ?? [] }]),
    ),
    async read(name) {
      const array = await opened.read(nameOf(name));
      const [, part] = /\.attn_([qk])\.(?:weight|bias)$/.exec(nameOf(name)) ?? [];
      return heads && part ? inHalves(array, heads[part as "q" | "k"]) : array;
    },
  };
}

/** Row `2i + j` of each head becomes row `i + j · D/2`. */
function inHalves(array: NamedArray, heads: number): NamedArray {
  const { shape, data } = array as Extract<NamedArray, { dtype: "F32" }>;
  const [rows = 0, width = 1] = shape;
  const headRows = rows / heads;
  if (!Number.isInteger(headRows / 2)) return array;
  const turned = new Float32Array(data.length);
  for (let row = 0; row < rows; row++) {
    const [head, within] = [Math.floor(row / headRows), row % headRows];
    const to = head * headRows + (within >> 1) + (within % 2) * (headRows / 2);
    turned.set(data.subarray(row * width, (row + 1) * width), to * width);
  }
  return { dtype: "F32", shape, data: turned };
}
