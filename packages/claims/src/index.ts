import { attentionCost } from "./attention-cost/attention-cost.ts";
import { denoisingPretraining } from "./denoising-pretraining/denoising-pretraining.ts";
import { claim } from "./framework/claim.ts";
import { inContextLearning } from "./in-context-learning/in-context-learning.ts";
import { longInput } from "./long-input/long-input.ts";
import { maskDifficulty } from "./mask-difficulty/mask-difficulty.ts";
import { oneSidedContext } from "./one-sided-context/one-sided-context.ts";
import { parametersAndCompute } from "./parameters-and-compute/parameters-and-compute.ts";
import { prefixSupervision } from "./prefix-supervision/prefix-supervision.ts";
import { prefixUse } from "./prefix-use/prefix-use.ts";
import { promptEncoding } from "./prompt-encoding/prompt-encoding.ts";
import { trainingEfficiency } from "./training-efficiency/training-efficiency.ts";
import { zeroShot } from "./zero-shot/zero-shot.ts";

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
  type TrainingNumbers,
  type TrainingProbe,
  trainingArm,
} from "./framework/training-arm.ts";
export type { TrainingData } from "./framework/training-data.ts";
export type { Named, PretrainingSettings, ScoringSettings, TrainingSettings } from "./framework/training-settings.ts";
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

export {
  attentionCost,
  denoisingPretraining,
  inContextLearning,
  longInput,
  maskDifficulty,
  oneSidedContext,
  parametersAndCompute,
  prefixSupervision,
  prefixUse,
  promptEncoding,
  trainingEfficiency,
  zeroShot,
};

/** The claims of this package, for a registry. */
export const claimPlugins = [
  claim("attention-cost", attentionCost, {
    description: "A prefix language model's attention can cost more in training.",
  }),
  claim("denoising-pretraining", denoisingPretraining, {
    description: "An encoder–decoder that was pretrained by denoising text learns a task better than one from scratch.",
  }),
  claim("in-context-learning", inContextLearning, {
    description: "A causal model learns in context suboptimally: examples cannot see those after them.",
  }),
  claim("long-input", longInput, {
    description:
      "The cross-attention of an encoder–decoder is a bottleneck on inputs much longer than those it was trained on.",
  }),
  claim("mask-difficulty", maskDifficulty, {
    description: "A prefix language model's attention masks are easier to get wrong than a causal model's.",
  }),
  claim("one-sided-context", oneSidedContext, {
    description: "A causal model understands its context less, as it sees one side of it.",
  }),
  claim("parameters-and-compute", parametersAndCompute, {
    description: "An encoder–decoder has more parameters and needs more compute.",
  }),
  claim("prefix-supervision", prefixSupervision, {
    description: "A prefix language model wastes training data: only what follows the prefix carries loss.",
  }),
  claim("prefix-use", prefixUse, {
    description: "A prefix model uses the prefix better, examples in context especially.",
  }),
  claim("prompt-encoding", promptEncoding, { description: "A causal model encodes its prompt suboptimally." }),
  claim("training-efficiency", trainingEfficiency, {
    description: "An encoder–decoder is less efficient to train than a causal model.",
  }),
  claim("zero-shot", zeroShot, { description: "An encoder–decoder is weak zero-shot without multitask tuning." }),
] as const;
