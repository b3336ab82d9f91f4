export { alibiSlopes } from "./alibi-slopes.ts";
export { attendProjected } from "./attend-projected.ts";
export {
  type AttentionBias,
  type AttentionDropout,
  type AttentionKernel,
  type AttentionNeeds,
  type AttentionRequest,
  attentionKernel,
  type PositionRows,
  type ProjectedAttentionRequest,
} from "./attention-kernel.ts";
export { attentionPlugins, blockwiseSchema } from "./attention-plugins.ts";
export { type AttentionShape, attentionScale, attentionShape } from "./attention-shape.ts";
export { attentionWeights } from "./attention-weights.ts";
export { type BlockwiseOptions, blockwise } from "./blockwise.ts";
export { type CacheStorage, type KeyValueEntry, positionsWith, type StorageOptions } from "./cache-storage.ts";
export { type CrossAttentionCache, createCrossAttentionCache } from "./cross-attention-cache.ts";
export { type ChosenAttention, defaultAttention, fused } from "./fused.ts";
export { mergeHeads, splitHeads } from "./heads.ts";
export { createKeyValueCache, type KeyValueCache } from "./key-value-cache.ts";
export { type LinearAttentionRequest, linearAttention } from "./linear-attention.ts";
export { reference } from "./reference.ts";
export { type RelativeBucketOptions, relativeBucket } from "./relative-bucket.ts";
export { createSealedPrefixCache, type SealedPrefixCache, type SealedPrefixExtension } from "./sealed-prefix-cache.ts";
