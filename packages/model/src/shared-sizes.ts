import type { ModelOptions } from "./config.ts";

/**
 * The options that all sizes of T5 have in common, whatever the architecture.
 *
 * @source Raffel et al. 2020, §2.1, https://arxiv.org/abs/1910.10683
 * @example createModel({ architecture: causal, config: { ...t5Style, width: 512, layers: 6, heads: 8 }, attention: reference() })
 */
export const t5Style = {
  vocabulary: 32_128,
  norm: { kind: "rms", epsilon: 1e-6 },
  positions: "t5",
  biases: false,
  attention: { scale: "none" },
  scaleOutputs: true,
  initialisation: "t5",
} as const satisfies ModelOptions;

/**
 * The options of every architecture that Wang et al. 2022 compare.
 *
 * @source Wang et al. 2022, table 1, https://arxiv.org/abs/2204.05832
 */
export const wang2022 = {
  ...t5Style,
  length: 626,
  width: 4096,
  layers: 24,
  heads: 64,
  feedForward: 10_240,
  activation: "geglu",
} as const satisfies ModelOptions;
