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
export { judge } from "./claims/judge.ts";
export {
  type Arm,
  type ArmReport,
  type CompareEvent,
  type CompareOptions,
  type CurvePoint,
  compare,
} from "./compare.ts";
export { type ErrorRates, errorRates, type Scored } from "./error-rate.ts";
export { type EvaluateEvent, type EvaluateOptions, type Evaluation, evaluate, type HeldOut } from "./evaluate.ts";
export { type Likelihood, type LikelihoodSums, likelihood } from "./likelihood.ts";
export {
  type MatchedBy,
  type MatchedConfiguration,
  type MatchRequest,
  matchConfiguration,
} from "./matching/match-configuration.ts";
export { type PairLengths, pairFlops } from "./matching/pair-flops.ts";
