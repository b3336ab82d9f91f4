export { type Accumulated, type AccumulateOptions, accumulate } from "./accumulate.ts";
export { type AdamWOptions, adamW } from "./adam-w.ts";
export type {
  CheckpointStore,
  NumericIdentity,
  OpenedStore,
  OpenStoreRequest,
  RunState,
  Snapshot,
} from "./checkpoint-store.ts";
export { constant } from "./constant.ts";
export { consume, type Sink } from "./consume.ts";
export { type CosineDecayOptions, cosineDecay } from "./cosine-decay.ts";
export type { DivergenceOptions, LossHistory } from "./divergence.ts";
export type {
  CheckpointEvent,
  EvaluatedEvent,
  StartedEvent,
  StepEvent,
  StoppedEvent,
  Totals,
  TrainEvent,
  WarningEvent,
} from "./events.ts";
export { clipFactor, globalNorm } from "./global-norm.ts";
export { inverseSquareRoot } from "./inverse-square-root.ts";
export { type LinearWarmupOptions, linearWarmup } from "./linear-warmup.ts";
export { createMemoryStore, type MemoryStore } from "./memory-store.ts";
export { type MuonOptions, muon } from "./muon.ts";
export { oneProcess } from "./one-process.ts";
export { type Optimizer, type OptimizerState, optimizer, type Trained, type Update } from "./optimizer.ts";
export { trainerPlugins } from "./plugins.ts";
export { type RunRates, runBetas, runRates } from "./run-rates.ts";
export { describedSchedule, lowest, type Schedule, schedule, sum } from "./schedule.ts";
export { joinShards, type ShardSum } from "./shard-tree.ts";
export type { Owned, Reduced, Sharding, Slice } from "./sharding.ts";
export type { Counts, LossOptions, LossSum, Task } from "./task.ts";
export { train } from "./train.ts";
export type { CheckpointOptions, EvaluateOptions, StepPhase, TrainOptions, TrainResult } from "./train-options.ts";
export { treeOfArrays } from "./tree-arrays.ts";
export { type WarmupCosineOptions, warmupCosine } from "./warmup-cosine.ts";
