export { alibiSlopes } from "./alibi-slopes.ts";
export { attendPages } from "./attend-pages.ts";
export { attendProjected } from "./attend-projected.ts";
export {
  type AttentionBias,
  type AttentionDropout,
  type AttentionKernel,
  type AttentionNeeds,
  type AttentionRequest,
  attentionKernel,
  type DistanceBias,
  type PagedAttentionRequest,
  type PositionRows,
  type ProjectedAttentionRequest,
} from "./attention-kernel.ts";
export { attentionPlugins, blockwiseSchema } from "./attention-plugins.ts";
export { type AttentionShape, attentionScale, attentionShape } from "./attention-shape.ts";
export { attentionWeights } from "./attention-weights.ts";
export { biasByDistance, type Distances } from "./bias-by-distance.ts";
export { type BlockwiseOptions, blockwise } from "./blockwise.ts";
export { type ChosenAttention, defaultAttention, fused, isFused } from "./fused.ts";
export { mergeHeads, splitHeads } from "./heads.ts";
export { type ExtendedRows, joinRows, KeyValuePages, type KeyValueSlots, type PageRows } from "./key-value-pages.ts";
export { type LinearAttentionRequest, linearAttention } from "./linear-attention.ts";
export { type PageQueries, PageReading, type PageReadingOptions } from "./page-reading.ts";
export { reference } from "./reference.ts";
export { type RelativeBucketOptions, relativeBucket } from "./relative-bucket.ts";
export { assertSealed, brokenSeal, type Continuation, type VisiblePair } from "./sealed-prefix.ts";
