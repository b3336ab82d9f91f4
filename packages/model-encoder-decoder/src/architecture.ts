import { causal, full } from "@trivium/masks";
import { type Architecture, type ArchitecturePlugin, architecture, type MaskContext, within } from "@trivium/model";

/**
 * Encoder–decoder: the source sees itself in both directions, the target sees its past and, through cross-attention,
 * the whole source (T5, BART).
 *
 * @source Vaswani et al. 2017, https://arxiv.org/abs/1706.03762
 */
export const encoderDecoder = {
  name: "encoder-decoder",
  streams: ["source", "target"],
  reads: { source: "all", target: "past" },
  selfMask: {
    source: ({ window }: MaskContext) => within(full(), window),
    target: ({ window }: MaskContext) => within(causal(), window),
  },
  crossMask: () => full(),
} satisfies Architecture<"source" | "target">;

export const encoderDecoderPlugin: ArchitecturePlugin<"encoder-decoder"> = architecture(
  "encoder-decoder",
  encoderDecoder as Architecture,
  {
    description: "The source in both directions, the target causally, cross-attention between them (T5, BART).",
  },
);
