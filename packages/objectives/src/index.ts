import { bartPlugin } from "./bart.ts";
import { causalLmPlugin } from "./causal-lm.ts";
import { denoisersPlugin } from "./denoisers.ts";
import { fillInTheMiddlePlugin } from "./fill-in-the-middle.ts";
import { maskedLmPlugin } from "./masked-lm.ts";
import { maskingPlugin } from "./masking.ts";
import { middlesPlugin } from "./middles.ts";
import { mixturePlugin } from "./mixture.ts";
import { noisesPlugin } from "./noises.ts";
import { nonePlugin } from "./none.ts";
import { prefixLmPlugin } from "./prefix-lm.ts";
import { randomSplitPlugin } from "./random-split.ts";
import { seq2seqPlugin } from "./seq2seq.ts";
import { spanCorruptionPlugin } from "./span-corruption.ts";
import { spansPlugin } from "./spans.ts";
import { ul2Plugin } from "./ul2.ts";

export { bart } from "./bart.ts";
export { causalLm } from "./causal-lm.ts";
export {
  type Corruption,
  corruption,
  type IdCorruption,
  type InPlaceExample,
  type Rewritten,
  type SplitExample,
  type SplitLengths,
  type TextContext,
  type TextCorruption,
} from "./corruption.ts";
export { createObjective, type ObjectiveParts } from "./create-objective.ts";
export { countLabels, isMisplaced, type ShownLabels, showsAsDeclared } from "./declared-labels.ts";
export { denoisers } from "./denoisers.ts";
export type { FeatureContext, TextCoder } from "./feature-context.ts";
export { fillInTheMiddle } from "./fill-in-the-middle.ts";
export { inPlace } from "./in-place.ts";
export { type JoinedOptions, joined } from "./joined.ts";
export type { Layout, MaskedStreams } from "./layout.ts";
export {
  type Collate,
  type MarkedBatch,
  type MarkedBatchOptions,
  markedBatch,
  type TokenPlace,
} from "./marked-batch.ts";
export { maskedLm } from "./masked-lm.ts";
export { masking } from "./masking.ts";
export { middles } from "./middles.ts";
export { type MixturePart, type MixtureSettings, mixture, mixtureOf } from "./mixture.ts";
export { noises } from "./noises.ts";
export { none } from "./none.ts";
export { type Objective, objective, promptOf } from "./objective.ts";
export { prefixLm } from "./prefix-lm.ts";
export { randomSplit } from "./random-split.ts";
export { separate } from "./separate.ts";
export { seq2seq } from "./seq2seq.ts";
export { spanCorruption } from "./span-corruption.ts";
export { spans } from "./spans.ts";
export { type TokenLossOptions, tokenLoss, tokenLossOptions } from "./token-loss.ts";
export { ul2 } from "./ul2.ts";
export { assertTokens, wholePrompt } from "./whole-example.ts";

/** The corruptions of this package, for a registry. */
export const corruptionPlugins = [
  nonePlugin,
  randomSplitPlugin,
  spansPlugin,
  maskingPlugin,
  middlesPlugin,
  denoisersPlugin,
  noisesPlugin,
] as const;

/** The objectives of this package, for a registry. */
export const objectivePlugins = [
  causalLmPlugin,
  prefixLmPlugin,
  seq2seqPlugin,
  spanCorruptionPlugin,
  maskedLmPlugin,
  fillInTheMiddlePlugin,
  ul2Plugin,
  bartPlugin,
  mixturePlugin,
] as const;
