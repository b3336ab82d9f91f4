import type { ModelOptions, ResolvedConfig } from "@trivium/model";
import { z } from "zod";
import type { Refuse, TensorNames } from "../family-record.ts";
import { activation, count, epsilon, flag } from "../fields.ts";
import { defineFamily, type PretrainedFamily } from "../pretrained-family.ts";
import { head, layered, layersIn, linear, norm, table } from "../tensor-map.ts";
import { foreignRotary, rotaryAttributes, rotaryOf } from "./rotary-attributes.ts";

/** The attributes that Llama and its kin have in common. */
export const llamaAttributes = {
  ...rotaryAttributes,
  vocab_size: count.default(32_000),
  hidden_size: count.default(4096),
  intermediate_size: count.default(11_008),
  num_hidden_layers: count.default(32),
  num_attention_heads: count.default(32),
  num_key_value_heads: count.nullish(),
  head_dim: count.nullish(),
  hidden_act: activation.default("silu"),
  max_position_embeddings: z.int().positive().default(2048),
  rms_norm_eps: epsilon.default(1e-6),
  tie_word_embeddings: flag.default(false),
};

type Common = z.output<z.ZodObject<typeof llamaAttributes>>;

/** The options that Llama and its kin have in common; a record adds its biases, norms and windows. */
export function llamaOptions(given: Common, { isTied }: TensorNames, refuse: Refuse, theta?: number) {
  if (given.hidden_act !== "silu")
    refuse(`hidden_act: a gated feed-forward layer has silu here, got ${given.hidden_act}`);
  return {
    vocabulary: given.vocab_size,
    length: given.max_position_embeddings,
    width: given.hidden_size,
    layers: given.num_hidden_layers,
    heads: given.num_attention_heads,
    keyValueHeads: given.num_key_value_heads ?? given.num_attention_heads,
    headWidth: given.head_dim ?? given.hidden_size / given.num_attention_heads,
    feedForward: given.intermediate_size,
    activation: "swiglu",
    norm: { kind: "rms", epsilon: given.rms_norm_eps },
    positions: rotaryOf(given, theta),
    biases: false,
    head: { tied: isTied },
  } satisfies ModelOptions;
}

/** The attributes of ours that Llama and its kin have in common. */
export function llamaForeign(config: ResolvedConfig, refuse: Refuse) {
  const { norm: norms, head: heads } = config;
  if (config.activation !== "swiglu") refuse(`the activation is swiglu, not ${config.activation}`);
  return {
    vocab_size: config.vocabulary,
    hidden_size: config.width,
    intermediate_size: config.feedForward,
    num_hidden_layers: layersIn(config, "tokens"),
    num_attention_heads: config.heads,
    num_key_value_heads: config.keyValueHeads,
    head_dim: config.headWidth,
    hidden_act: "silu",
    max_position_embeddings: config.length,
    rms_norm_eps: norms.epsilon,
    tie_word_embeddings: heads.tied,
    rope_parameters: foreignRotary(config, refuse),
  };
}

/** What records of Llama's kin share: names, and nothing that depends on a configuration. */
export const llamaTensors = {
  architecture: "causal",
  prefix: "model.",
  tokens: { bos_token_id: 1, eos_token_id: 2 },
  embedding: ["embed_tokens.weight"] as const,
  head: "lm_head.weight",
  ignoredTensors: /(^|\.)rotary_emb\.inv_freq$/,
  ignored: ["attention_dropout", "max_window_layers", "sliding_window_size"],
  tensors: (config: ResolvedConfig) => [
    table(["embed_tokens.weight"], "embedding.weight"),
    ...layered(layersIn(config, "tokens"), (layer) => layerOf(`layers.${layer}`, `tokens.layers.${layer}`)),
    ...norm("norm", "tokens.norm"),
    ...head("lm_head"),
  ],
};

const layerOf = (theirs: string, ours: string) => [
  ...norm(`${theirs}.input_layernorm`, `${ours}.self.norm`),
  ...linear(`${theirs}.self_attn.q_proj`, `${ours}.self.query`),
  ...linear(`${theirs}.self_attn.k_proj`, `${ours}.self.key`),
  ...linear(`${theirs}.self_attn.v_proj`, `${ours}.self.value`),
  ...linear(`${theirs}.self_attn.o_proj`, `${ours}.self.output`),
  ...norm(`${theirs}.self_attn.q_norm`, `${ours}.self.queryNorm`),
  ...norm(`${theirs}.self_attn.k_norm`, `${ours}.self.keyNorm`),
  ...norm(`${theirs}.post_attention_layernorm`, `${ours}.feedForward.norm`),
  ...linear(`${theirs}.mlp.gate_proj`, `${ours}.feedForward.gate`),
  ...linear(`${theirs}.mlp.up_proj`, `${ours}.feedForward.up`),
  ...linear(`${theirs}.mlp.down_proj`, `${ours}.feedForward.down`),
];

/** The biases of a configuration as Llama names them. */
export const biasAttributes = ({ biases }: ResolvedConfig, refuse: Refuse) => {
  if (typeof biases === "boolean") return { attention_bias: biases, mlp_bias: biases };
  if (biases.queryKeyValue !== biases.output) refuse("queries and outputs of attention have biases, or none has");
  return { attention_bias: biases.output, mlp_bias: biases.feedForward };
};

/**
 * Llama 2 and 3, and SmolLM, which has the same configuration: grouped heads, rotary positions, RMS norms, SwiGLU.
 *
 * @source Touvron et al. 2023, https://arxiv.org/abs/2307.09288; names of `LlamaForCausalLM` in Hugging Face
 *   transformers 5.24
 */
export const llama: PretrainedFamily = defineFamily({
  ...llamaTensors,
  name: "llama",
  implementation: "LlamaForCausalLM",
  attributes: z.object({ ...llamaAttributes, attention_bias: flag.default(false), mlp_bias: flag.default(false) }),
  fixed: { is_encoder_decoder: false },
  ignored: [...llamaTensors.ignored, "rope_interleaved", "is_llama_config"],
  options: (given, tensors, refuse) => ({
    ...llamaOptions(given, tensors, refuse),
    biases: { queryKeyValue: given.attention_bias, output: given.attention_bias, feedForward: given.mlp_bias },
  }),
  foreign: (config, refuse) => ({ ...llamaForeign(config, refuse), ...biasAttributes(config, refuse) }),
});
