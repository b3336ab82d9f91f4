import { type ModelOptions, t5Style as t5, wang2022 } from "@trivium/model";

/**
 * Named configurations of prefix models from the literature: the one stack of T5-base (110 million parameters), and the
 * 4.8 billion of Wang et al. 2022.
 *
 * @source Raffel et al. 2020, table 2, "Prefix LM", P parameters, https://arxiv.org/abs/1910.10683; Wang et al. 2022,
 *   table 1, https://arxiv.org/abs/2204.05832
 * @example countModelParameters(prefix, prefixSizes["t5-base-stack"]) // => 109628544
 */
export const prefixSizes = {
  "t5-base-stack": { ...t5, length: 512, width: 768, layers: 12, heads: 12, feedForward: 3072, activation: "relu" },
  "wang-2022": wang2022,
} as const satisfies Readonly<Record<string, ModelOptions>>;
