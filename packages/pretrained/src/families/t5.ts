import { isGated } from "@trivium/nn";
import { z } from "zod";
import { count, epsilon, flag } from "../fields.ts";
import { defineFamily, type PretrainedFamily } from "../pretrained-family.ts";
import { head, layered, layersIn, linear, norm, type TensorMap, table } from "../tensor-map.ts";

/** The activations by their names here; `gated-gelu` has always been the tanh form. */
const activations = {
  relu: "relu",
  gelu: "gelu",
  gelu_new: "gelu-tanh",
  silu: "silu",
  "gated-gelu": "geglu-tanh",
  "gated-gelu_new": "geglu-tanh",
  "gated-silu": "swiglu",
} as const;

const attributes = z.object({
  vocab_size: count.default(32_128),
  d_model: count.default(512),
  d_kv: count.default(64),
  d_ff: count.default(2048),
  num_layers: count.default(6),
  num_decoder_layers: count.nullish(),
  num_heads: count.default(8),
  relative_attention_num_buckets: count.max(2 ** 20).default(32),
  relative_attention_max_distance: count.max(2 ** 20).default(128),
  layer_norm_epsilon: epsilon.default(1e-6),
  feed_forward_proj: z.enum(Object.keys(activations) as [keyof typeof activations]).default("relu"),
  tie_word_embeddings: flag.default(true),
  scale_decoder_outputs: flag.optional(),
});

/** The longest row that is taken: distances have no limit of their own. */
const LONGEST = 2 ** 15;

/**
 * T5: v1.0, whose states are scaled before a tied head, and v1.1 and FLAN, which have a head of their own and gates.
 *
 * @source Raffel et al. 2020, https://arxiv.org/abs/1910.10683; names of `T5ForConditionalGeneration` in Hugging Face
 *   transformers 5.24
 */
export const t5: PretrainedFamily = defineFamily({
  name: "t5",
  implementation: "T5ForConditionalGeneration",
  architecture: "encoder-decoder",
  attributes,
  fixed: { is_encoder_decoder: true },
  ignored: ["dropout_rate", "dense_act_fn", "is_gated_act", "n_positions", "layer_norm_eps", "chronos_config"],
  options: (given, { isTied }) => ({
    vocabulary: given.vocab_size,
    length: LONGEST,
    width: given.d_model,
    layers: { source: given.num_layers, target: given.num_decoder_layers ?? given.num_layers },
    heads: given.num_heads,
    headWidth: given.d_kv,
    feedForward: given.d_ff,
    activation: activations[given.feed_forward_proj],
    norm: { kind: "rms", epsilon: given.layer_norm_epsilon },
    positions: {
      kind: "t5",
      buckets: given.relative_attention_num_buckets,
      maxDistance: given.relative_attention_max_distance,
    },
    biases: false,
    attention: { scale: "none" },
    head: { tied: isTied },
    scaleOutputs: given.scale_decoder_outputs ?? given.tie_word_embeddings,
    initialisation: "t5",
  }),
  foreign(config, refuse) {
    const { positions, activation, scaleOutputs, head: heads } = config;
    if (!("buckets" in positions)) return refuse("positions are those of T5");
    const names = Object.entries(activations) as [keyof typeof activations, string][];
    const [name] = names.find(([, own]) => own === activation) ?? [];
    return {
      vocab_size: config.vocabulary,
      d_model: config.width,
      d_kv: config.headWidth,
      d_ff: config.feedForward,
      num_layers: layersIn(config, "source"),
      num_decoder_layers: layersIn(config, "target"),
      num_heads: config.heads,
      relative_attention_num_buckets: positions.buckets,
      relative_attention_max_distance: positions.maxDistance,
      layer_norm_epsilon: config.norm.epsilon,
      feed_forward_proj: name ?? refuse(`the activation ${activation} has no name there`),
      tie_word_embeddings: heads.tied,
      scale_decoder_outputs: scaleOutputs,
    };
  },
  prefix: "",
  tokens: { pad_token_id: 0, eos_token_id: 1, decoder_start_token_id: 0 },
  embedding: ["shared.weight", "encoder.embed_tokens.weight", "decoder.embed_tokens.weight"],
  head: "lm_head.weight",
  ignoredTensors: /^decoder\.block\.0\.layer\.1\.EncDecAttention\.relative_attention_bias\.weight$/,
  tensors(config) {
    const isGate = isGated(config.activation);
    return [
      table(["shared.weight", "encoder.embed_tokens.weight", "decoder.embed_tokens.weight"], "embedding.weight"),
      ...stack("encoder", "source"),
      ...layered(layersIn(config, "source"), (layer) => {
        const [theirs, ours] = [`encoder.block.${layer}.layer`, `source.layers.${layer}`];
        return [
          ...attention(`${theirs}.0`, "SelfAttention", `${ours}.self`),
          ...feedForward(`${theirs}.1`, ours, isGate),
        ];
      }),
      ...stack("decoder", "target"),
      ...layered(layersIn(config, "target"), (layer) => {
        const [theirs, ours] = [`decoder.block.${layer}.layer`, `target.layers.${layer}`];
        return [
          ...attention(`${theirs}.0`, "SelfAttention", `${ours}.self`),
          ...attention(`${theirs}.1`, "EncDecAttention", `target.cross.${layer}`),
          ...feedForward(`${theirs}.2`, ours, isGate),
        ];
      }),
      ...head("lm_head"),
    ];
  },
});

const stack = (theirs: string, ours: string): TensorMap[] => [
  table([`${theirs}.block.0.layer.0.SelfAttention.relative_attention_bias.weight`], `${ours}.relative.weight`),
  ...norm(`${theirs}.final_layer_norm`, `${ours}.norm`),
];

const attention = (theirs: string, kind: string, ours: string): TensorMap[] => [
  ...norm(`${theirs}.layer_norm`, `${ours}.norm`),
  ...linear(`${theirs}.${kind}.q`, `${ours}.query`),
  ...linear(`${theirs}.${kind}.k`, `${ours}.key`),
  ...linear(`${theirs}.${kind}.v`, `${ours}.value`),
  ...linear(`${theirs}.${kind}.o`, `${ours}.output`),
];

/** `wi` where there is no gate; else `wi_0` is the gate. */
const feedForward = (theirs: string, ours: string, isGate: boolean): TensorMap[] => [
  ...norm(`${theirs}.layer_norm`, `${ours}.feedForward.norm`),
  ...(isGate ? linear(`${theirs}.DenseReluDense.wi_0`, `${ours}.feedForward.gate`) : []),
  ...linear(`${theirs}.DenseReluDense.${isGate ? "wi_1" : "wi"}`, `${ours}.feedForward.up`),
  ...linear(`${theirs}.DenseReluDense.wo`, `${ours}.feedForward.down`),
];
