export { type AffineOptions, affine, affineSpec } from "./affine.ts";
export { createTree } from "./create-tree.ts";
export { type DroppedAdapter, droppedAdapter } from "./dropped-adapter.ts";
export {
  type Activation,
  type FeedForwardOptions,
  feedForward,
  feedForwardMaps,
  feedForwardSpec,
  isGated,
} from "./feed-forward.ts";
export { type Initialisation, type InitialisationSizes, initialDeviation, type WeightRole } from "./initialisation.ts";
export {
  type AttendOptions,
  attendAndMix,
  type HeadOptions,
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
export { type NormKind, type NormOptions, norm, normOfSum, normSpec } from "./norm.ts";
export { alibi } from "./positions/alibi.ts";
export { type LearnedOptions, learned } from "./positions/learned.ts";
export { none } from "./positions/none.ts";
export { positionsPlugins } from "./positions/plugins.ts";
export {
  type EmbedPositionsRequest,
  type PositionBiasRequest,
  type PositionScheme,
  type PositionSizes,
  type PositionsPlugin,
  positions,
  type Rotation,
} from "./positions/position-scheme.ts";
export { type RotaryOptions, type RotaryScaling, rotary, rotate, rotation } from "./positions/rotary.ts";
export { type SinusoidalLayout, sinusoidal, sinusoidalPositions } from "./positions/sinusoidal.ts";
export { type T5Options, t5 } from "./positions/t5.ts";
