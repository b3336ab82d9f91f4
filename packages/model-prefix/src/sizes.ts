import type { ModelOptions } from "@trivium/model";

const t5 = {
  vocabulary: 32_128,
  norm: { kind: "rms", epsilon: 1e-6 },
  positions: "t5",
  biases: false,
  attention: { scale: "none" },
  scaleOutputs: true,
  initialisation: "t5",
} satisfies ModelOptions;

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
  "wang-2022": { ...t5, length: 626, width: 4096, layers: 24, heads: 64, feedForward: 10_240, activation: "geglu" },
} as const satisfies Readonly<Record<string, ModelOptions>>;
