export { type BeamOptions, beam } from "./beam.ts";
export { behindPrompt } from "./behind-prompt.ts";
export { type Answered, answersAsTheyEnd, collectAnswers, type PlacedAnswer } from "./collect-answers.ts";
export { type ForcedTokensOptions, forcedTokens } from "./forced-tokens.ts";
export { type GenerateOptions, generate } from "./generate.ts";
export type {
  FinishedEvent,
  FinishReason,
  GenerateEvent,
  StepEvent,
  TextEvent,
  TokenEvent,
} from "./generate-event.ts";
export { greedy } from "./greedy.ts";
export { type LengthBeamOptions, lengthBeam } from "./length-beam.ts";
export type { Continuation } from "./logits.ts";
export {
  type LogitsProcessor,
  logitsProcessor,
  type ProcessedRow,
  type RowProcessor,
  type StatelessProcessor,
  stateless,
} from "./logits-processor.ts";
export { minP } from "./min-p.ts";
export { generatePlugins } from "./plugins.ts";
export { type SampleOptions, sample } from "./sample.ts";
export { type AnswerSoFar, type Stop, type StopRule, stopRule } from "./stop-rule.ts";
export { maximumLength, stopStrings, stopTokens } from "./stop-rules.ts";
export {
  type Advance,
  type ChosenAnswer,
  type Hypothesis,
  type Search,
  type SearchPrompt,
  type Strategy,
  strategy,
} from "./strategy.ts";
export { temperature } from "./temperature.ts";
export { topK } from "./top-k.ts";
export { topP } from "./top-p.ts";
