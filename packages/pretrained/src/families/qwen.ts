import type { ResolvedConfig } from "@trivium/model";
import { z } from "zod";
import type { Refuse } from "../family-record.ts";
import { count, flag } from "../fields.ts";
import { defineFamily, type PretrainedFamily } from "../pretrained-family.ts";
import { layersIn } from "../tensor-map.ts";
import { biasAttributes, llamaAttributes, llamaForeign, llamaOptions, llamaTensors } from "./llama.ts";

const attributes = {
  ...llamaAttributes,
  vocab_size: count.default(151_936),
  intermediate_size: count.default(22_016),
  num_key_value_heads: count.nullable().default(32),
  max_position_embeddings: z.int().positive().default(32_768),
  use_sliding_window: flag.default(false),
  sliding_window: count.nullable().default(4096),
  max_window_layers: z.int().min(0).default(28),
  layer_types: z.array(z.enum(["full_attention", "sliding_attention"])).nullish(),
};

type Windows = Pick<
  z.output<z.ZodObject<typeof attributes>>,
  "layer_types" | "max_window_layers" | "num_hidden_layers" | "sliding_window" | "use_sliding_window"
>;

/** The window of each layer: the first layers have none, unless a list says otherwise. */
function windowsOf(given: Windows, refuse: Refuse): number | null | (number | null)[] {
  const { use_sliding_window, sliding_window, layer_types, max_window_layers, num_hidden_layers } = given;
  const window = use_sliding_window ? sliding_window : null;
  const slides = layer_types?.map((type) => type === "sliding_attention");
  if (slides && slides.length !== num_hidden_layers)
    refuse(`layer_types: ${slides.length} for ${num_hidden_layers} layers`);
  if (slides?.includes(true) && window === null)
    refuse("layer_types: a layer has a window, and sliding_window gives none");
  const first = slides ? slides.indexOf(true) : max_window_layers;
  if (window === null || (slides ? first < 0 : first >= num_hidden_layers)) return null;
  if (num_hidden_layers > 10_000) refuse(`num_hidden_layers: at most 10000 with windows, got ${num_hidden_layers}`);
  return Array.from({ length: num_hidden_layers }, (_, layer) => ((slides?.[layer] ?? layer >= first) ? window : null));
}

function foreignWindows(config: ResolvedConfig, refuse: Refuse) {
  const { window: all } = config.attention;
  const given = Array.isArray(all) ? all : [all];
  const [window = null, ...others] = [...new Set(given.filter((one) => one !== null))];
  if (others.length > 0) refuse("all windows are of one size");
  const types = Array.from({ length: layersIn(config, "tokens") }, (_, layer) =>
    given[layer % given.length] === null ? ("full_attention" as const) : ("sliding_attention" as const),
  );
  return { use_sliding_window: window !== null, sliding_window: window, layer_types: types };
}

/**
 * Qwen 2 and 2.5: Llama with biases of queries, keys and values.
 *
 * @source Yang et al. 2024, https://arxiv.org/abs/2407.10671; `Qwen2ForCausalLM` in Hugging Face transformers 5.24
 */
export const qwen2: PretrainedFamily = defineFamily({
  ...llamaTensors,
  tokens: {},
  name: "qwen2",
  implementation: "Qwen2ForCausalLM",
  attributes: z.object(attributes),
  fixed: { is_encoder_decoder: false },
  ignored: ["attention_dropout", "use_mrope"],
  options: (given, tensors, refuse) => ({
    ...llamaOptions(given, tensors, refuse),
    biases: { queryKeyValue: true },
    attention: { window: windowsOf(given, refuse) },
  }),
  foreign(config, refuse) {
    const { biases } = config;
    const fits = typeof biases === "object" && biases.queryKeyValue && !biases.output && !biases.feedForward;
    if (!fits) refuse("queries, keys and values have biases, and nothing else has");
    return { ...llamaForeign(config, refuse), ...foreignWindows(config, refuse) };
  },
});

/**
 * Qwen 3: Llama with norms of each head's query and key.
 *
 * @source Yang et al. 2025, https://arxiv.org/abs/2505.09388; `Qwen3ForCausalLM` in Hugging Face transformers 5.24
 */
export const qwen3: PretrainedFamily = defineFamily({
  ...llamaTensors,
  tokens: {},
  name: "qwen3",
  implementation: "Qwen3ForCausalLM",
  attributes: z.object({ ...attributes, head_dim: count.default(128), attention_bias: flag.default(false) }),
  fixed: { is_encoder_decoder: false },
  ignored: ["attention_dropout"],
  options: (given, tensors, refuse) => ({
    ...llamaOptions(given, tensors, refuse),
    biases: { queryKeyValue: given.attention_bias, output: given.attention_bias },
    attention: { window: windowsOf(given, refuse), queryKeyNorm: true },
  }),
  foreign(config, refuse) {
    const { attention_bias, mlp_bias } = biasAttributes(config, refuse);
    if (mlp_bias || !config.attention.queryKeyNorm)
      refuse("queries and keys are normalised, and no bias is in the feed-forward layer");
    return { ...llamaForeign(config, refuse), ...foreignWindows(config, refuse), attention_bias };
  },
});
