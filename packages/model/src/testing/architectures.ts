import { causal as causalMask, full, or, prefix as prefixMask } from "@trivium/masks";
import type { Architecture, MaskContext } from "../architecture.ts";
import { within } from "../input-masks.ts";

/** The causal architecture, equal to the record of `@trivium/model-causal`, which imports this package. */
export const causal = {
  name: "causal",
  streams: ["tokens"],
  reads: "past",
  selfMask: ({ window }: MaskContext) => within(causalMask(), window),
} satisfies Architecture<"tokens">;

/** The prefix architecture, equal to the record of `@trivium/model-prefix`. */
export const prefix = {
  name: "prefix",
  streams: ["tokens"],
  reads: "prefix",
  selfMask: ({ prefixLengths, window }) => within(or(prefixMask({ lengths: prefixLengths }), causalMask()), window),
} satisfies Architecture<"tokens">;

/** The encoder–decoder, equal to the record of `@trivium/model-encoder-decoder`. */
export const encoderDecoder = {
  name: "encoder-decoder",
  streams: ["source", "target"],
  reads: { source: "all", target: "past" },
  selfMask: {
    source: ({ window }: MaskContext) => within(full(), window),
    target: ({ window }: MaskContext) => within(causalMask(), window),
  },
  crossMask: () => full(),
} satisfies Architecture<"source" | "target">;
