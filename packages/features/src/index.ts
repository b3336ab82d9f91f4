export { type Batch, type BatchOptions, logicalPositions, type ModelInput, toBatch } from "./batch.ts";
export { type BatchSource, batchesByStep, type StepBatches, type StepRequest, shardOf } from "./batch-source.ts";
export { documentIds, documentLengths, type StreamRows } from "./documents.ts";
export {
  type Example,
  isPair,
  isTextPair,
  type PairExample,
  type PlainText,
  type TextExample,
  type TextPair,
  type TokensExample,
} from "./example.ts";
export type { Features } from "./features.ts";
export type { Loss, LossFunction, TaskLoss } from "./loss.ts";
export { type MixtureOptions, mixtureShares } from "./mixture-shares.ts";
export { type PackedBatchOptions, toPackedBatch } from "./packed-batch.ts";
export { packedRows } from "./packed-rows.ts";
export { createPacker, type Packer, type PackerOptions } from "./packer.ts";
export { taskLosses } from "./task-losses.ts";
export { taskPositions } from "./task-positions.ts";
