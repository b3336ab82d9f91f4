import { type ModelOptions, wang2022 } from "@trivium/model";

const gpt2 = {
  vocabulary: 50_257,
  length: 1024,
  activation: "gelu-tanh",
  norm: { kind: "layer", epsilon: 1e-5 },
  initialisation: "gpt-2",
} satisfies ModelOptions;

/**
 * Named configurations of causal models from the literature: 124, 355, 774 and 1558 million parameters, and the 4.8
 * billion of Wang et al. 2022.
 *
 * @source Radford et al. 2019, table 2, with the sizes of the released checkpoints; Wang et al. 2022, table 1,
 *   https://arxiv.org/abs/2204.05832
 * @example countModelParameters(causal, causalSizes["gpt-2"]) // => 124439808
 */
export const causalSizes = {
  "gpt-2": { ...gpt2, width: 768, layers: 12, heads: 12 },
  "gpt-2-medium": { ...gpt2, width: 1024, layers: 24, heads: 16 },
  "gpt-2-large": { ...gpt2, width: 1280, layers: 36, heads: 20 },
  "gpt-2-xl": { ...gpt2, width: 1600, layers: 48, heads: 25 },
  "wang-2022": wang2022,
} as const satisfies Readonly<Record<string, ModelOptions>>;
