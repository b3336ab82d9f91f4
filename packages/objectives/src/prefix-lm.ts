import { isPair } from "@trivium/features";
import { validateWith } from "@trivium/registry";
import { z } from "zod";
import { assertTokens, pairFeatures, pairPrompt, promptFeatures } from "./decoder-only-features.ts";
import { fitsStreams } from "./fits-streams.ts";
import { type Objective, objective } from "./objective.ts";
import { randomSplit } from "./random-split.ts";
import { tokenLoss, tokenLossOptions } from "./token-loss.ts";

const schema = z.strictObject(tokenLossOptions);

/**
 * Prefix language modelling: loss on what follows the prefix only. A pair's prefix is its source and SEP; a text
 * without a source is cut at random, and the last token of the prefix predicts the first one after it.
 *
 * @source Raffel et al. 2020, §3.2.3, https://arxiv.org/abs/1910.10683
 */
export function prefixLm(options: z.input<typeof schema> = {}): Objective<"tokens"> {
  const lossOptions = validateWith(schema, options, { code: "objective/options", what: "prefix-lm" });
  const streams = ["tokens"] as const;
  return {
    name: "prefix-lm",
    settings: lossOptions,
    streams,
    supports: (architecture) => fitsStreams("prefix-lm", streams, architecture),
    features(example, { special, random }) {
      if (isPair(example)) return pairFeatures(example, special, "target");
      const { tokens } = example;
      assertTokens(tokens, 2);
      const prefixLength = randomSplit(tokens.length, random);
      const targets = tokens.slice(1);
      const lossWeights = targets.map((_, position) => (position >= prefixLength - 1 ? 1 : 0));
      return { streams: { tokens: tokens.slice(0, -1) }, prefixLength, targets, lossWeights };
    },
    prompt: (example, { special }) =>
      isPair(example) ? pairPrompt(example.source, special) : promptFeatures(example.tokens),
    loss: tokenLoss(lossOptions),
    scoring: () => prefixLm(),
  };
}

/** Prefix language modelling, for a registry. */
export const prefixLmPlugin = objective("prefix-lm", prefixLm, {
  description: "Loss on what follows the prefix only; texts without a source are cut at random.",
  schema,
});
