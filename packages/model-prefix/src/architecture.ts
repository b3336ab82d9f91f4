import { causal, or, prefix as prefixMask } from "@trivium/masks";
import { type Architecture, type ArchitecturePlugin, architecture, within } from "@trivium/model";

/**
 * Prefix language model: one stack; the prefix is seen in both directions, the rest causally.
 *
 * @source Liu et al. 2018, https://arxiv.org/abs/1801.10198; Raffel et al. 2020, §3.2.1, https://arxiv.org/abs/1910.10683
 */
export const prefix = {
  name: "prefix",
  streams: ["tokens"],
  reads: "prefix",
  selfMask: ({ prefixLengths, window }) => within(or(prefixMask({ lengths: prefixLengths }), causal()), window),
} satisfies Architecture<"tokens">;

export const prefixPlugin: ArchitecturePlugin<"prefix"> = architecture("prefix", prefix as Architecture, {
  description: "One stack: the prefix is seen in both directions, the rest causally (T5's prefix LM, UniLM).",
});
