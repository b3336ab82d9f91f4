import { type ModelOptions, t5Style as t5, wang2022 } from "@trivium/model";

const original = { ...t5, length: 512, activation: "relu" } satisfies ModelOptions;

/**
 * Named configurations of encoder–decoders from the literature: T5 (61 million to 11 billion parameters), and the 11.0
 * billion of Wang et al. 2022.
 *
 * @source Raffel et al. 2020, §3.7, https://arxiv.org/abs/1910.10683; Wang et al. 2022, table 1,
 *   https://arxiv.org/abs/2204.05832
 * @example countModelParameters(encoderDecoder, encoderDecoderSizes["t5-base"]) // => 222903552
 */
export const encoderDecoderSizes = {
  "t5-small": { ...original, width: 512, layers: 6, heads: 8, feedForward: 2048 },
  "t5-base": { ...original, width: 768, layers: 12, heads: 12, feedForward: 3072 },
  "t5-large": { ...original, width: 1024, layers: 24, heads: 16, feedForward: 4096 },
  "t5-3b": { ...original, width: 1024, layers: 24, heads: 32, headWidth: 128, feedForward: 16_384 },
  "t5-11b": { ...original, width: 1024, layers: 24, heads: 128, headWidth: 128, feedForward: 65_536 },
  "wang-2022": wang2022,
} as const satisfies Readonly<Record<string, ModelOptions>>;
