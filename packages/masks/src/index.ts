export { and } from "./algebra/and.ts";
export { not } from "./algebra/not.ts";
export { or } from "./algebra/or.ts";
export { type PackedOptions, packed } from "./algebra/packed.ts";
export { logicalPositions, type PositionedOptions, positioned } from "./algebra/positioned.ts";
export type { MaskParts } from "./create-mask.ts";
export {
  blindSpots,
  type ReferenceMasks,
  trespasses,
  type VisibilityDifference,
  type VisibilityOptions,
} from "./leaks/blind-spots.ts";
export { type LabelLeak, type LabelLeakOptions, labelLeaks, type StreamPosition } from "./leaks/label-leaks.ts";
export type { StreamMasks } from "./leaks/stream-masks.ts";
export type { StreamSize } from "./leaks/visibility-difference.ts";
export { createMaskCache, type MaskCache } from "./lowerings/mask-cache.ts";
export { type BlockIndex, type BlockLists, type BlockMap, type BlockOptions, toBlocks } from "./lowerings/to-blocks.ts";
export { type DenseMask, toDense } from "./lowerings/to-dense.ts";
export { type Intervals, toIntervals } from "./lowerings/to-intervals.ts";
export { attentionFlops, density, visiblePairs, visiblePairsByRow } from "./lowerings/visible-pairs.ts";
export type {
  IntervalFiller,
  Mask,
  MaskExtent,
  MaskOptions,
  MaskSize,
  MaskSpec,
  PerPosition,
  PerRow,
  Range,
  Visibility,
} from "./mask.ts";
export {
  type MaskChildren,
  type MaskPlugin,
  type MaskPluginOptions,
  type MaskPlugins,
  type MaskText,
  mask,
} from "./mask-plugin.ts";
export { maskPlugins } from "./plugins.ts";
export { type CausalOptions, causal } from "./primitives/causal.ts";
export { type CustomOptions, custom } from "./primitives/custom.ts";
export { type DenseOptions, dense, readDense } from "./primitives/dense.ts";
export { type DocumentsOptions, documents } from "./primitives/documents.ts";
export { full } from "./primitives/full.ts";
export { type PaddingOptions, padding } from "./primitives/padding.ts";
export { type PrefixOptions, prefix } from "./primitives/prefix.ts";
export { type WindowOptions, window } from "./primitives/window.ts";
export { hashMask, maskKey, sameMask } from "./same-mask.ts";
export { type DrawOptions, drawAscii, drawingSymbols, drawSideBySide } from "./writing/draw-ascii.ts";
export { type DrawSvgOptions, drawSvg } from "./writing/draw-svg.ts";
export { type JsonOptions, maskFromJson, maskToJson } from "./writing/json.ts";
export { type ParseOptions, parseMask } from "./writing/parse-mask.ts";
export { type PrintOptions, printMask } from "./writing/print-mask.ts";
