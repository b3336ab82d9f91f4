import { reference } from "@trivium/attention";
import { createRandom } from "@trivium/core";
import { createModel, type LanguageModel } from "@trivium/model";
import { causal } from "@trivium/model-causal";
import type { ParameterTree } from "@trivium/tensor";

const yarn = { kind: "yarn", factor: 4, fastTurns: 32, slowTurns: 1, whole: true, length: 16 } as const;

/** Rotary scalings over a first length of 16, so that a row of 48 tokens is beyond it. */
const scalings = {
  none: undefined,
  linear: { kind: "linear", factor: 4 },
  "Llama 3": { kind: "llama3", factor: 8, lowFrequency: 1, highFrequency: 4, length: 16 },
  YaRN: yarn,
  "YaRN with an amplitude of its own": { ...yarn, amplitude: 1.5 },
} as const;

export type ScalingName = keyof typeof scalings;
export const scalingNames = Object.keys(scalings) as ScalingName[];

/** A row whose last token has attended far back. */
export const rotaryPrompt: readonly number[] = Array.from({ length: 48 }, (_, at) => 5 + ((at * 37) % 256));

/** A Llama-like model with large weights, in whose attention distances count. */
export function rotaryModel(name: ScalingName): { model: LanguageModel; parameters: ParameterTree } {
  const config = {
    vocabulary: 261,
    length: 64,
    width: 64,
    heads: 2,
    layers: 2,
    feedForward: 64,
    norm: "rms",
    activation: "swiglu",
    biases: false,
    initialisation: "t5",
    positions: { kind: "rotary", base: 10_000, scaling: scalings[name] },
  } as const;
  const model = createModel({ architecture: causal, config, attention: reference() });
  return { model, parameters: model.createParameters(createRandom("rotary")) };
}
