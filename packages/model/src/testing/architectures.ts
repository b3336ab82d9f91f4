import { causal as causalMask, full, or, prefix as prefixMask } from "@trivium/masks";
import type { Architecture } from "../architecture.ts";

/** The causal architecture, equal to the record of `@trivium/model-causal`, which imports this package. */
export const causal = {
  name: "causal",
  streams: ["tokens"],
  selfMask: () => causalMask(),
} satisfies Architecture<"tokens">;

/** The prefix architecture, equal to the record of `@trivium/model-prefix`. */
export const prefix = {
  name: "prefix",
  streams: ["tokens"],
  selfMask: ({ prefixLengths }) => or(prefixMask({ lengths: prefixLengths }), causalMask()),
} satisfies Architecture<"tokens">;

/** The encoder–decoder, equal to the record of `@trivium/model-encoder-decoder`. */
export const encoderDecoder = {
  name: "encoder-decoder",
  streams: ["source", "target"],
  selfMask: { source: () => full(), target: () => causalMask() },
  crossMask: () => full(),
} satisfies Architecture<"source" | "target">;
