import type { ModelOptions, ResolvedConfig } from "@trivium/model";
import { z } from "zod";
import type { Refuse, TensorNames } from "../family-record.ts";
import { activation, count, flag, foreignActivation } from "../fields.ts";
import { defineFamily, type PretrainedFamily } from "../pretrained-family.ts";
import { head, layered, layersIn, linear, norm, type TensorMap, table } from "../tensor-map.ts";

const attributes = z.object({
  vocab_size: count.default(50_265),
  max_position_embeddings: count.default(1024),
  d_model: count.default(1024),
  encoder_layers: count.default(12),
  encoder_ffn_dim: count.default(4096),
  encoder_attention_heads: count.default(16),
  decoder_layers: count.default(12),
  decoder_ffn_dim: count.default(4096),
  decoder_attention_heads: count.default(16),
  num_hidden_layers: count.nullish(),
  activation_function: activation.default("gelu"),
  scale_embedding: flag.nullable().default(false),
  tie_word_embeddings: flag.default(true),
});

type Given = z.output<typeof attributes>;

/** Both streams of a model have one width of everything here. */
function commonOptions(given: Given, { isTied, has }: TensorNames, refuse: Refuse) {
  for (const part of ["ffn_dim", "attention_heads"] as const) {
    const [encoder, decoder] = [given[`encoder_${part}`], given[`decoder_${part}`]];
    if (encoder !== decoder)
      refuse(`encoder_${part} and decoder_${part} are ${encoder} and ${decoder}; here both are the same`);
  }
  return {
    vocabulary: given.vocab_size,
    length: given.max_position_embeddings,
    width: given.d_model,
    layers: { source: given.encoder_layers, target: given.decoder_layers },
    heads: given.encoder_attention_heads,
    feedForward: given.encoder_ffn_dim,
    activation: given.activation_function,
    norm: { kind: "layer", placement: "post", epsilon: 1e-5 },
    head: { tied: isTied, bias: has("final_logits_bias") },
    scaleEmbeddings: given.scale_embedding ?? false,
    initialisation: "bart",
  } satisfies ModelOptions;
}

function commonForeign(config: ResolvedConfig, refuse: Refuse) {
  if (config.norm.placement !== "post" || config.norm.epsilon !== 1e-5)
    refuse("norms stand after each sum, with epsilon 1e-5");
  return {
    vocab_size: config.vocabulary,
    max_position_embeddings: config.length,
    d_model: config.width,
    encoder_layers: layersIn(config, "source"),
    encoder_ffn_dim: config.feedForward,
    encoder_attention_heads: config.heads,
    decoder_layers: layersIn(config, "target"),
    decoder_ffn_dim: config.feedForward,
    decoder_attention_heads: config.heads,
    activation_function:
      foreignActivation(config.activation) ?? refuse(`the activation ${config.activation} has no name there`),
    scale_embedding: config.scaleEmbeddings,
    tie_word_embeddings: config.head.tied,
  };
}

const embeddings = ["shared.weight", "encoder.embed_tokens.weight", "decoder.embed_tokens.weight"] as const;

const stream = (theirs: string, ours: string, layers: number): TensorMap[] => [
  table([`${theirs}.embed_positions.weight`], `${ours}.positions.weight`),
  ...norm(`${theirs}.layernorm_embedding`, `${ours}.embeddingNorm`),
  ...layered(layers, (layer) => {
    const [from, to] = [`${theirs}.layers.${layer}`, `${ours}.layers.${layer}`];
    return [
      ...attention(`${from}.self_attn`, `${to}.self`),
      ...norm(`${from}.self_attn_layer_norm`, `${to}.self.norm`),
      ...attention(`${from}.encoder_attn`, `${ours}.cross.${layer}`),
      ...norm(`${from}.encoder_attn_layer_norm`, `${ours}.cross.${layer}.norm`),
      ...linear(`${from}.fc1`, `${to}.feedForward.up`),
      ...linear(`${from}.fc2`, `${to}.feedForward.down`),
      ...norm(`${from}.final_layer_norm`, `${to}.feedForward.norm`),
    ];
  }),
];

const attention = (theirs: string, ours: string): TensorMap[] => [
  ...linear(`${theirs}.q_proj`, `${ours}.query`),
  ...linear(`${theirs}.k_proj`, `${ours}.key`),
  ...linear(`${theirs}.v_proj`, `${ours}.value`),
  ...linear(`${theirs}.out_proj`, `${ours}.output`),
];

const common = {
  architecture: "encoder-decoder",
  attributes,
  prefix: "model.",
  outside: ["final_logits_bias"],
  embedding: embeddings,
  head: "lm_head.weight",
  tensors(config: ResolvedConfig): TensorMap[] {
    const [weight] = head("lm_head") as [TensorMap];
    return [
      table(embeddings, "embedding.weight"),
      ...stream("encoder", "source", layersIn(config, "source")),
      ...stream("decoder", "target", layersIn(config, "target")),
      weight,
      { names: ["final_logits_bias"], paths: ["head.bias"], row: true },
    ];
  },
};

const trainingOnly = [
  "dropout",
  "attention_dropout",
  "activation_dropout",
  "encoder_layerdrop",
  "decoder_layerdrop",
  "extra_pos_embeddings",
  "add_bias_logits",
  "gradient_checkpointing",
] as const;

/**
 * BART: post-norm layers, learned positions behind two unused rows, normalised embeddings, and a bias of the logits.
 *
 * @source Lewis et al. 2020, https://arxiv.org/abs/1910.13461; names of `BartForConditionalGeneration` in Hugging Face
 *   transformers 5.24
 */
export const bart: PretrainedFamily = defineFamily({
  ...common,
  name: "bart",
  implementation: "BartForConditionalGeneration",
  tokens: { bos_token_id: 0, pad_token_id: 1, eos_token_id: 2, decoder_start_token_id: 2 },
  fixed: {
    is_encoder_decoder: true,
    normalize_before: false,
    normalize_embedding: true,
    add_final_layer_norm: false,
    static_position_embeddings: false,
  },
  ignored: [...trainingOnly, "grapheme_chars", "phoneme_chars"],
  ignoredTensors: /^(encoder|decoder)\.version$/,
  options: (given, tensors, refuse) => ({
    ...commonOptions(given, tensors, refuse),
    positions: { kind: "learned", offset: 2 },
    embeddingNorm: true,
  }),
  foreign(config, refuse) {
    const { positions, embeddingNorm } = config;
    if (!("offset" in positions) || positions.offset !== 2 || !embeddingNorm)
      refuse("positions are learned, with the offset 2, and embeddings are normalised");
    return commonForeign(config, refuse);
  },
});

/**
 * Marian, the translators of OPUS-MT: BART with fixed positions, sines before cosines, and no norm of the embeddings.
 *
 * @source Junczys-Dowmunt et al. 2018, https://arxiv.org/abs/1804.00344; names of `MarianMTModel` in Hugging Face
 *   transformers 5.24
 */
export const marian: PretrainedFamily = defineFamily({
  ...common,
  name: "marian",
  implementation: "MarianMTModel",
  tokens: { pad_token_id: 58_100, eos_token_id: 0, decoder_start_token_id: 58_100 },
  attributes: attributes.extend({ vocab_size: count.default(58_101), decoder_vocab_size: count.nullish() }),
  fixed: {
    is_encoder_decoder: true,
    normalize_before: false,
    normalize_embedding: false,
    add_final_layer_norm: false,
    static_position_embeddings: true,
    share_encoder_decoder_embeddings: true,
  },
  ignored: trainingOnly,
  ignoredTensors: /^((encoder|decoder)\.embed_positions\.weight|lm_head\.bias)$/,
  options(given, tensors, refuse) {
    const { vocab_size, decoder_vocab_size } = given;
    if ((decoder_vocab_size ?? vocab_size) !== vocab_size)
      refuse(`decoder_vocab_size: source and target share one vocabulary of ${vocab_size} here`);
    return { ...commonOptions(given, tensors, refuse), positions: { kind: "sinusoidal", layout: "halves" } };
  },
  foreign(config, refuse) {
    const { positions, embeddingNorm } = config;
    if (!("layout" in positions) || positions.layout !== "halves" || embeddingNorm)
      refuse("positions are sinusoidal in halves, and embeddings are not normalised");
    return { ...commonForeign(config, refuse), decoder_vocab_size: config.vocabulary };
  },
});
