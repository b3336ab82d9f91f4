import { type Example, isPair } from "@trivium/features";
import { corruption, type IdCorruption, type SplitExample } from "./corruption.ts";
import { assertTokens, wholePrompt } from "./whole-example.ts";

/**
 * Returns the corruption that changes nothing: a pair is its source and target, and a text is all target.
 *
 * @example none().apply({ source: [7, 8], target: [9] }, context) // => { source: [7, 8], target: [9], ends: true }
 */
export const none = (): IdCorruption<SplitExample> => ({
  name: "none",
  level: "ids",
  apply(example: Example) {
    if (isPair(example)) return { source: example.source, target: example.target, ends: true };
    assertTokens(example.tokens, example.ends ? 1 : 2);
    return { source: [], target: example.tokens, between: [], ends: example.ends ?? false };
  },
  prompt: wholePrompt,
});

/** The plugin of {@link none}. */
export const nonePlugin = corruption("none", none, {
  description: "Changes nothing: a pair is source and target, a text is all target.",
});
