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
