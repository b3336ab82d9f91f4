export { type AffineOptions, affine, affineSpec } from "./affine.ts";
export { createTree } from "./create-tree.ts";
export { type Activation, type FeedForwardOptions, feedForward, feedForwardSpec, isGated } from "./feed-forward.ts";
export { type Initialisation, type InitialisationSizes, initialDeviation, type WeightRole } from "./initialisation.ts";
export {
  type AttendOptions,
  attendAndMix,
  type MultiHeadAttentionOptions,
  multiHeadAttention,
  multiHeadAttentionSpec,
  type PagedKeyValues,
  type Projected,
  type ProjectedKeyValues,
  type ProjectOptions,
  projectAll,
  projectKeyValues,
} from "./multi-head-attention.ts";
export { type NormKind, norm, normOfSum, normSpec } from "./norm.ts";
export { type Rotation, rotate, rotation } from "./rotary.ts";
export { sinusoidalPositions } from "./sinusoidal.ts";
