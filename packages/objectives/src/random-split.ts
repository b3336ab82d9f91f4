import { type Example, isPair } from "@trivium/features";
import { corruption, type IdCorruption, type SplitExample } from "./corruption.ts";
import type { FeatureContext } from "./feature-context.ts";
import { assertTokens, wholePrompt } from "./whole-example.ts";

/**
 * Returns the corruption that cuts a text at random into source and target: uniform over 1 … length − 1, so that both
 * have a token; of a text of a single token that ends, the target is the end. Nothing is inserted at the cut. A pair
 * stays as it is.
 *
 * @source Wang et al. 2022, §3.1, https://arxiv.org/abs/2204.05832: prefix lengths uniform at random
 * @example randomSplit().apply({ tokens: [5, 6, 7] }, context) // => { source: [5, 6], target: [7], between: [], ends: false }
 */
export const randomSplit = (): IdCorruption<SplitExample> => ({
  name: "random-split",
  level: "ids",
  apply(example: Example, { random }: FeatureContext) {
    if (isPair(example)) return { source: example.source, target: example.target, ends: true };
    const { tokens, ends = false } = example;
    assertTokens(tokens, ends ? 1 : 2);
    const cut = 1 + random.integer(Math.max(1, tokens.length - 1));
    return { source: tokens.slice(0, cut), target: tokens.slice(cut), between: [], ends };
  },
  prompt: wholePrompt,
});

/** The plugin of {@link randomSplit}. */
export const randomSplitPlugin = corruption("random-split", randomSplit, {
  description: "Cuts a text at random into source and target; a pair stays as it is.",
});
