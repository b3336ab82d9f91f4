export {
  type AttentionOnSource,
  type AttentionOnSourceOptions,
  attentionOnSource,
} from "./attention-on-source.ts";
export { countVisiblePairs, type VisiblePairOptions, type VisiblePairs } from "./count-visible-pairs.ts";
export {
  type BatchPlace,
  type Leak,
  type LeakAnalysis,
  type LeakAnalysisOptions,
  leakAnalysis,
} from "./leak-analysis.ts";
export type { LeakKind } from "./leak-kinds.ts";
export { type LabelledExample, type LinearProbe, type LinearProbeOptions, linearProbe } from "./linear-probe.ts";
export { type ObservedAttention, observeAttention } from "./observe-attention.ts";
export {
  type Movements,
  type PerturbationInfluence,
  type PerturbationOptions,
  perturbationInfluence,
} from "./perturbation-influence.ts";
export type { ProbedModel } from "./probed-model.ts";
export { type LayerAttention, type ReadAttentionOptions, readAttention } from "./read-attention.ts";
export {
  type RecomputedPositions,
  type RecomputedPositionsOptions,
  recomputedPositions,
  type Turn,
  type TurnPositions,
} from "./recomputed-positions.ts";
export {
  type KernelSeconds,
  type VisiblePairCost,
  type VisiblePairCostOptions,
  visiblePairCost,
} from "./visible-pair-cost.ts";
