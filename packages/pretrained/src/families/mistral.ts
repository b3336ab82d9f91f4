import { z } from "zod";
import { count } from "../fields.ts";
import { defineFamily, type PretrainedFamily } from "../pretrained-family.ts";
import { llamaAttributes, llamaForeign, llamaOptions, llamaTensors } from "./llama.ts";

/**
 * Mistral: Llama with a window.
 *
 * @source Jiang et al. 2023, https://arxiv.org/abs/2310.06825; `MistralForCausalLM` in Hugging Face transformers 5.24
 */
export const mistral: PretrainedFamily = defineFamily({
  ...llamaTensors,
  name: "mistral",
  implementation: "MistralForCausalLM",
  attributes: z.object({
    ...llamaAttributes,
    intermediate_size: count.default(14_336),
    num_key_value_heads: count.nullable().default(8),
    max_position_embeddings: z.int().positive().default(131_072),
    sliding_window: count.nullable().default(4096),
  }),
  fixed: { is_encoder_decoder: false },
  options: (given, tensors, refuse) => ({
    ...llamaOptions(given, tensors, refuse),
    attention: { window: given.sliding_window },
  }),
  foreign(config, refuse) {
    const { window } = config.attention;
    if (Array.isArray(window)) refuse("every layer has the same window");
    return { ...llamaForeign(config, refuse), sliding_window: window as number | null };
  },
});
