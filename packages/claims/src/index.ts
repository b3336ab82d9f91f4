import { attentionCostPlugin } from "./attention-cost/attention-cost.ts";
import { inContextLearningPlugin } from "./in-context-learning/in-context-learning.ts";
import { longInputPlugin } from "./long-input/long-input.ts";
import { maskDifficultyPlugin } from "./mask-difficulty/mask-difficulty.ts";
import { oneSidedContextPlugin } from "./one-sided-context/one-sided-context.ts";
import { parametersAndComputePlugin } from "./parameters-and-compute/parameters-and-compute.ts";
import { prefixSupervisionPlugin } from "./prefix-supervision/prefix-supervision.ts";
import { prefixUsePlugin } from "./prefix-use/prefix-use.ts";
import { promptEncodingPlugin } from "./prompt-encoding/prompt-encoding.ts";
import { trainingEfficiencyPlugin } from "./training-efficiency/training-efficiency.ts";
import { zeroShotPlugin } from "./zero-shot/zero-shot.ts";

export { attentionCost } from "./attention-cost/attention-cost.ts";
export {
  type AnalyseClaimsOptions,
  analyseClaims,
  type ClaimResult,
  type NamedClaim,
  type PlannedArm,
  planArms,
} from "./framework/analyse-claims.ts";
export { createArmContext } from "./framework/arm-context.ts";
export { armHash } from "./framework/arm-hash.ts";
export { type ArmStore, createMemoryArmStore, type StoredArm } from "./framework/arm-store.ts";
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
  type Evidence,
  type Findings,
  type FindingsTable,
  type Preset,
  type Verdict,
} from "./framework/claim.ts";
export { countedEffect } from "./framework/counted-effect.ts";
export { judge } from "./framework/judge.ts";
export { type MeasureArmOptions, measureArm } from "./framework/measure-arm.ts";
export { readCurrent } from "./framework/read-current.ts";
export { type ClaimsEvent, type RunClaimsOptions, runClaims } from "./framework/run-claims.ts";
export {
  type ProbedData,
  type ProbeRun,
  type TrainingArmOptions,
  type TrainingData,
  type TrainingNumbers,
  type TrainingProbe,
  trainingArm,
} from "./framework/training-arm.ts";
export type { Named, ScoringSettings, TrainingSettings } from "./framework/training-settings.ts";
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
export { inContextLearning } from "./in-context-learning/in-context-learning.ts";
export { longInput } from "./long-input/long-input.ts";
export { maskDifficulty } from "./mask-difficulty/mask-difficulty.ts";
export { oneSidedContext } from "./one-sided-context/one-sided-context.ts";
export { parametersAndCompute } from "./parameters-and-compute/parameters-and-compute.ts";
export { prefixSupervision } from "./prefix-supervision/prefix-supervision.ts";
export { prefixUse } from "./prefix-use/prefix-use.ts";
export { promptEncoding } from "./prompt-encoding/prompt-encoding.ts";
export { trainingEfficiency } from "./training-efficiency/training-efficiency.ts";
export { zeroShot } from "./zero-shot/zero-shot.ts";

/** The claims of this package, for a registry. */
export const claimPlugins = [
  attentionCostPlugin,
  inContextLearningPlugin,
  longInputPlugin,
  maskDifficultyPlugin,
  oneSidedContextPlugin,
  parametersAndComputePlugin,
  prefixSupervisionPlugin,
  prefixUsePlugin,
  promptEncodingPlugin,
  trainingEfficiencyPlugin,
  zeroShotPlugin,
] as const;
