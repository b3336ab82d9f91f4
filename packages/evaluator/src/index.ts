import { bleuPlugin } from "./metrics/bleu.ts";
import { chrfPlugins } from "./metrics/chrf.ts";
import { exactMatchPlugin } from "./metrics/exact-match.ts";
import { rougePlugins } from "./metrics/rouge.ts";

export { type CompareEvent, type CompareOptions, compare } from "./compare.ts";
export { encodeHeldOut } from "./encode-held-out.ts";
export { type ErrorRates, errorRates, type Scored, type UnknownSymbol } from "./error-rate.ts";
export {
  type EvaluateEvent,
  type Evaluation,
  type ExampleEvaluation,
  type ExampleScores,
  evaluate,
  evaluateExamples,
} from "./evaluate.ts";
export type { EvaluateOptions, HeldOut } from "./evaluate-options.ts";
export { type Likelihood, type LikelihoodSums, likelihood } from "./likelihood.ts";
export {
  type MatchedBy,
  type MatchedConfiguration,
  type MatchRequest,
  matchConfiguration,
} from "./matching/match-configuration.ts";
export { type PairLengths, pairFlops } from "./matching/pair-flops.ts";
export { bleu } from "./metrics/bleu.ts";
export { chrf } from "./metrics/chrf.ts";
export { errorRate } from "./metrics/error-rate.ts";
export { exactMatch } from "./metrics/exact-match.ts";
export { type Metric, metric, type Segment } from "./metrics/metric.ts";
export { rouge } from "./metrics/rouge.ts";
export { type MetricScores, type SegmentScore, scoreSegments, sumStatistics } from "./metrics/score-segments.ts";
export { sequenceAccuracy } from "./metrics/sequence-accuracy.ts";
export { tokenAccuracy } from "./metrics/token-accuracy.ts";
export { type MostLikelyOptions, mostLikely } from "./most-likely.ts";
export { relay } from "./relay.ts";
export {
  type Arm,
  type ArmEvent,
  type ArmReport,
  type ArmRun,
  type ArmRunOptions,
  type CurvePoint,
  curvePoint,
  type InspectEvent,
  runArm,
  type TrainedModel,
} from "./run-arm.ts";
export { type ContinuationScore, type ScoreContinuationsOptions, scoreContinuations } from "./score-continuations.ts";
export { type ScoreTextsOptions, scoreTexts, type TextScore } from "./score-texts.ts";
export type { Share } from "./share.ts";
export { type AnswerPiece, answerPieces, type ShownAnswer } from "./show-answer.ts";
export { bootstrapMean } from "./statistics/bootstrap-mean.ts";
export type { Effect } from "./statistics/effect.ts";
export { type PairedEffectOptions, pairedEffect } from "./statistics/paired-effect.ts";
export { type PairedScore, type PairedScoreOptions, pairedScore } from "./statistics/paired-score.ts";
export { permutationTest } from "./statistics/permutation-test.ts";
export type { Interval, ResamplingOptions } from "./statistics/resampling.ts";
export { type Significance, signFlipTest } from "./statistics/sign-flip-test.ts";
/** The metrics of text, for a registry. */
export const metricPlugins = [bleuPlugin, ...chrfPlugins, exactMatchPlugin, ...rougePlugins] as const;
