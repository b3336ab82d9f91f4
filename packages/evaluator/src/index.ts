import { bleuPlugin } from "./metrics/bleu.ts";
import { chrfPlugins } from "./metrics/chrf.ts";
import { exactMatchPlugin } from "./metrics/exact-match.ts";
import { rougePlugins } from "./metrics/rouge.ts";

export {
  type AnalyseClaimsOptions,
  analyseClaims,
  type ClaimResult,
  type NamedClaim,
  type PlannedArm,
  planArms,
} from "./claims/analyse-claims.ts";
export { armHash } from "./claims/arm-hash.ts";
export { type ArmStore, createMemoryArmStore, type StoredArm } from "./claims/arm-store.ts";
export {
  type ArmContext,
  type ArmOutcome,
  type ArmProgress,
  type ArmResult,
  type Chart,
  type ChartSeries,
  type Claim,
  type ClaimArm,
  type ClaimRequest,
  claim,
  type Effect,
  type Evidence,
  type Findings,
  type FindingsTable,
  type Json,
  type Preset,
  type Verdict,
} from "./claims/claim.ts";
export { countedEffect } from "./claims/counted-effect.ts";
export { judge } from "./claims/judge.ts";
export { type MeasureArmOptions, measureArm } from "./claims/measure-arm.ts";
export { readCurrent } from "./claims/read-current.ts";
export { type ClaimsEvent, type RunClaimsOptions, runClaims } from "./claims/run-claims.ts";
export {
  type ProbedData,
  type ProbeRun,
  type TrainingArmOptions,
  type TrainingData,
  type TrainingNumbers,
  type TrainingProbe,
  trainingArm,
} from "./claims/training-arm.ts";
export type { Named, ScoringSettings, TrainingSettings } from "./claims/training-settings.ts";
export { type CompareEvent, type CompareOptions, compare } from "./compare.ts";
export { encodeHeldOut } from "./encode-held-out.ts";
export { type ErrorRates, errorRates, type Scored } from "./error-rate.ts";
export {
  type EvaluateEvent,
  type EvaluateOptions,
  type Evaluation,
  type ExampleEvaluation,
  type ExampleScores,
  evaluate,
  evaluateExamples,
  type HeldOut,
} from "./evaluate.ts";
export { type ConstructedOptions, constructedErrors } from "./in-context/constructed-errors.ts";
export {
  drawSequence,
  drawSequences,
  type InContextSequence,
  type SequenceOptions,
} from "./in-context/draw-sequence.ts";
export { inContextArchitecture } from "./in-context/in-context-architecture.ts";
export { type DescentOptions, inContextDescent } from "./in-context/in-context-descent.ts";
export {
  classification,
  type InContextTask,
  inContextTasks,
  linearRegression,
  type Rule,
  sigmoidRegression,
} from "./in-context/in-context-task.ts";
export { queryError } from "./in-context/query-error.ts";
export { expectedStationaryError, onlineGradientDescent, stationaryWeights } from "./in-context/stationary-weights.ts";
export { type InContextReport, type InContextTrainingOptions, trainInContext } from "./in-context/train-in-context.ts";
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
export {
  type AttentionOnSource,
  type AttentionOnSourceOptions,
  attentionOnSource,
} from "./probes/attention-on-source.ts";
export { countVisiblePairs, type VisiblePairOptions, type VisiblePairs } from "./probes/count-visible-pairs.ts";
export {
  type BatchPlace,
  type Leak,
  type LeakAnalysis,
  type LeakAnalysisOptions,
  leakAnalysis,
} from "./probes/leak-analysis.ts";
export type { LeakKind } from "./probes/leak-kinds.ts";
export { type LabelledExample, type LinearProbe, type LinearProbeOptions, linearProbe } from "./probes/linear-probe.ts";
export { type ObservedAttention, observeAttention } from "./probes/observe-attention.ts";
export {
  type Movements,
  type PerturbationInfluence,
  type PerturbationOptions,
  perturbationInfluence,
} from "./probes/perturbation-influence.ts";
export type { Collate } from "./probes/probe-batch.ts";
export {
  type RecomputedPositions,
  type RecomputedPositionsOptions,
  recomputedPositions,
  type Turn,
  type TurnPositions,
} from "./probes/recomputed-positions.ts";
export {
  type KernelSeconds,
  type VisiblePairCost,
  type VisiblePairCostOptions,
  visiblePairCost,
} from "./probes/visible-pair-cost.ts";
export { relay } from "./relay.ts";
export {
  type Arm,
  type ArmEvent,
  type ArmReport,
  type ArmRun,
  type ArmRunOptions,
  type CurvePoint,
  type InspectEvent,
  runArm,
  type TrainedModel,
} from "./run-arm.ts";
export { type ContinuationScore, type ScoreContinuationsOptions, scoreContinuations } from "./score-continuations.ts";
export { bootstrapMean } from "./statistics/bootstrap-mean.ts";
export { type PairedEffectOptions, pairedEffect } from "./statistics/paired-effect.ts";
export { type PairedScore, type PairedScoreOptions, pairedScore } from "./statistics/paired-score.ts";
export { permutationTest } from "./statistics/permutation-test.ts";
export type { Interval, ResamplingOptions } from "./statistics/resampling.ts";
export { type Significance, signFlipTest } from "./statistics/sign-flip-test.ts";
/** The metrics of text, for a registry. */
export const metricPlugins = [bleuPlugin, ...chrfPlugins, exactMatchPlugin, ...rougePlugins] as const;
