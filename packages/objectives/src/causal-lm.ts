import { isPair } from "@trivium/features";
import { validateWith } from "@trivium/registry";
import { z } from "zod";
import { assertTokens, pairFeatures, pairPrompt, promptFeatures } from "./decoder-only-features.ts";
import { fitsStreams } from "./fits-streams.ts";
import { type Objective, objective } from "./objective.ts";
import { prefixLm } from "./prefix-lm.ts";
import { tokenLoss, tokenLossOptions } from "./token-loss.ts";

const schema = z.strictObject({
  /** Predict every token, the source's too, or the target's only. */
  loss: z.enum(["all", "target"]).default("all"),
  ...tokenLossOptions,
});

/**
 * Causal language modelling: each token predicts the next one. A text without a source has no prefix, in training, in
 * prompts and in scoring alike.
 *
 * @param options.loss - `"all"` (the classical objective) or `"target"` (the source is context only).
 * @source Radford et al. 2018; loss on the target only: Liu et al. 2018 give both
 */
export function causalLm(options: z.input<typeof schema> = {}): Objective<"tokens"> {
  const settings = validateWith(schema, options, { code: "objective/options", what: "causal-lm" });
  const { loss: scope, ...lossOptions } = settings;
  const streams = ["tokens"] as const;
  return {
    name: "causal-lm",
    settings,
    streams,
    supports: (architecture) => fitsStreams("causal-lm", streams, architecture),
    features(example, { special }) {
      if (isPair(example)) return pairFeatures(example, special, scope);
      const { tokens } = example;
      assertTokens(tokens, 2);
      const targets = tokens.slice(1);
      return { streams: { tokens: tokens.slice(0, -1) }, prefixLength: 0, targets, lossWeights: targets.map(() => 1) };
    },
    prompt: (example, { special }) =>
      isPair(example) ? pairPrompt(example.source, special) : { ...promptFeatures(example.tokens), prefixLength: 0 },
    loss: tokenLoss(lossOptions),
    scoring: causalScoring,
  };
}

/**
 * Loss on the tokens that prefix-lm would supervise, at the positions that training gave them: a text without a source
 * has no prefix here, wherever it is cut.
 */
const causalScoring = (): Objective<"tokens"> => ({
  ...causalLm({ loss: "target" }),
  features(example, context) {
    const features = prefixLm().features(example, context);
    return isPair(example) ? features : { ...features, prefixLength: 0 };
  },
});

/** Causal language modelling, for a registry. */
export const causalLmPlugin = objective("causal-lm", causalLm, {
  description: "Each token predicts the next: loss on everything, or on the target only.",
  schema,
});
