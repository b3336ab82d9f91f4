import { z } from "zod";
import { activation, count, epsilon, flag, foreignActivation } from "../fields.ts";
import { defineFamily, type PretrainedFamily } from "../pretrained-family.ts";
import { head, joined, layered, layersIn, norm, table } from "../tensor-map.ts";

const attributes = z.object({
  vocab_size: count.default(50_257),
  n_positions: count.default(1024),
  n_ctx: count.nullish(),
  n_embd: count.default(768),
  n_layer: count.default(12),
  n_head: count.default(12),
  n_inner: count.nullish(),
  activation_function: activation.default("gelu-tanh"),
  layer_norm_epsilon: epsilon.default(1e-5),
  tie_word_embeddings: flag.default(true),
});

/**
 * GPT-2: learned positions, layer norms before each branch, projections to queries, keys and values side by side.
 *
 * @source Radford et al. 2019; names of `GPT2LMHeadModel` in Hugging Face transformers 5.24
 */
export const gpt2: PretrainedFamily = defineFamily({
  name: "gpt2",
  implementation: "GPT2LMHeadModel",
  architecture: "causal",
  attributes,
  fixed: { is_encoder_decoder: false, scale_attn_weights: true, scale_attn_by_inverse_layer_idx: false },
  ignored: [
    "resid_pdrop",
    "embd_pdrop",
    "attn_pdrop",
    "reorder_and_upcast_attn",
    "summary_type",
    "summary_use_proj",
    "summary_activation",
    "summary_proj_to_labels",
    "summary_first_dropout",
  ],
  options: (given, { isTied }) => ({
    vocabulary: given.vocab_size,
    length: given.n_positions,
    width: given.n_embd,
    layers: given.n_layer,
    heads: given.n_head,
    feedForward: given.n_inner ?? 4 * given.n_embd,
    activation: given.activation_function,
    norm: { kind: "layer", epsilon: given.layer_norm_epsilon },
    positions: "learned",
    head: { tied: isTied },
    initialisation: "gpt-2",
  }),
  foreign: (config, refuse) => ({
    vocab_size: config.vocabulary,
    n_positions: config.length,
    n_embd: config.width,
    n_layer: layersIn(config, "tokens"),
    n_head: config.heads,
    n_inner: config.feedForward,
    activation_function:
      foreignActivation(config.activation) ?? refuse(`the activation ${config.activation} has no name there`),
    layer_norm_epsilon: config.norm.epsilon,
    tie_word_embeddings: config.head.tied,
  }),
  prefix: "transformer.",
  tokens: { bos_token_id: 50_256, eos_token_id: 50_256 },
  embedding: ["wte.weight"],
  head: "lm_head.weight",
  ignoredTensors: /^h\.\d+\.attn\.(bias|masked_bias)$/,
  tensors: (config) => [
    table(["wte.weight"], "embedding.weight"),
    table(["wpe.weight"], "tokens.positions.weight"),
    ...layered(layersIn(config, "tokens"), (layer) => {
      const [theirs, ours] = [`h.${layer}`, `tokens.layers.${layer}`];
      return [
        ...norm(`${theirs}.ln_1`, `${ours}.self.norm`),
        ...joined(
          `${theirs}.attn.c_attn`,
          ["query", "key", "value"].map((part) => `${ours}.self.${part}`),
        ),
        ...joined(`${theirs}.attn.c_proj`, [`${ours}.self.output`]),
        ...norm(`${theirs}.ln_2`, `${ours}.feedForward.norm`),
        ...joined(`${theirs}.mlp.c_fc`, [`${ours}.feedForward.up`]),
        ...joined(`${theirs}.mlp.c_proj`, [`${ours}.feedForward.down`]),
      ];
    }),
    ...norm("ln_f", "tokens.norm"),
    ...head("lm_head"),
  ],
});
