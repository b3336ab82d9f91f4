import { causal as causalMask } from "@trivium/masks";
import { type Architecture, type ArchitecturePlugin, architecture, type MaskContext, within } from "@trivium/model";

/**
 * Decoder-only: every position sees itself and what came before it (GPT-2, Llama).
 *
 * @source Radford et al. 2018, "Improving language understanding by generative pre-training"
 */
export const causal = {
  name: "causal",
  streams: ["tokens"],
  reads: "past",
  selfMask: ({ window }: MaskContext) => within(causalMask(), window),
} satisfies Architecture<"tokens">;

export const causalPlugin: ArchitecturePlugin<"causal"> = architecture("causal", causal as Architecture, {
  description: "Decoder-only: every position sees itself and what came before it (GPT-2, Llama).",
});
