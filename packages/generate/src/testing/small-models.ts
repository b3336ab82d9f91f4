import type { Architecture, ModelOptions } from "@trivium/model";
import { causal } from "@trivium/model-causal";
import { encoderDecoder } from "@trivium/model-encoder-decoder";
import { prefix } from "@trivium/model-prefix";
import { causalLm, type Objective, prefixLm, seq2seq } from "@trivium/objectives";

/** A model that is quickly decoded, with T5's large initial weights: its answers are not all alike. */
export const smallConfig = { vocabulary: 19, length: 12, width: 8, layers: 2, heads: 2, initialisation: "t5" } as const;

interface SmallModel {
  readonly name: string;
  readonly architecture: Architecture;
  readonly objective: Objective;
  /** What differs from `smallConfig`. */
  readonly own: Partial<ModelOptions>;
}

/** What decodes in a way of its own. */
export const smallModels: readonly SmallModel[] = [
  { name: "causal", architecture: causal, objective: causalLm(), own: {} },
  { name: "prefix", architecture: prefix, objective: prefixLm(), own: {} },
  { name: "encoder-decoder", architecture: encoderDecoder, objective: seq2seq(), own: {} },
  {
    ...{ name: "encoder-decoder, merged attention", architecture: encoderDecoder, objective: seq2seq() },
    own: { crossAttention: "merged" },
  },
];
