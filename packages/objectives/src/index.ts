import { causalLmPlugin } from "./causal-lm.ts";
import { prefixLmPlugin } from "./prefix-lm.ts";
import { seq2seqPlugin } from "./seq2seq.ts";

export { causalLm } from "./causal-lm.ts";
export { type FeatureContext, type Objective, objective } from "./objective.ts";
export { prefixLm } from "./prefix-lm.ts";
export { seq2seq } from "./seq2seq.ts";
export { tokenLoss, tokenLossOptions } from "./token-loss.ts";

/** The objectives of this package, for a registry. */
export const objectivePlugins = [causalLmPlugin, prefixLmPlugin, seq2seqPlugin] as const;
