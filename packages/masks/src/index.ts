export { and } from "./and.ts";
export {
  blindSpots,
  type ReferenceMasks,
  trespasses,
  type VisibilityDifference,
  type VisibilityOptions,
} from "./blind-spots.ts";
export { type CausalOptions, causal } from "./causal.ts";
export { type CustomOptions, custom } from "./custom.ts";
export { type DenseOptions, dense, readDense } from "./dense.ts";
export { type DocumentsOptions, documents } from "./documents.ts";
export { type DrawOptions, drawAscii, drawingSymbols, drawSideBySide } from "./draw-ascii.ts";
export { type DrawSvgOptions, drawSvg } from "./draw-svg.ts";
export { full } from "./full.ts";
export { type JsonOptions, maskFromJson, maskToJson } from "./json.ts";
export { type LabelLeak, type LabelLeakOptions, labelLeaks, type StreamPosition } from "./label-leaks.ts";
export {
  type Mask,
  type MaskPlugin,
  type MaskPluginOptions,
  type MaskPlugins,
  type MaskSize,
  type MaskSpec,
  mask,
  type PerPosition,
  type PerRow,
  type Range,
  type Visibility,
} from "./mask.ts";
export { not } from "./not.ts";
export { or } from "./or.ts";
export { packed } from "./packed.ts";
export { type PaddingOptions, padding } from "./padding.ts";
export { type ParseOptions, parseMask } from "./parse-mask.ts";
export { maskPlugins } from "./plugins.ts";
export { logicalPositions, type PositionedOptions, positioned } from "./positioned.ts";
export { type PrefixOptions, prefix } from "./prefix.ts";
export { printMask } from "./print-mask.ts";
export { hashMask, maskKey, sameMask } from "./same-mask.ts";
export type { StreamMasks } from "./stream-masks.ts";
export { type BlockIndex, type BlockLists, type BlockMap, type BlockOptions, toBlocks } from "./to-blocks.ts";
export { type DenseMask, toDense } from "./to-dense.ts";
export { type Intervals, toIntervals } from "./to-intervals.ts";
export type { StreamSize } from "./visibility-difference.ts";
export { attentionFlops, density, visiblePairs, visiblePairsByRow } from "./visible-pairs.ts";
export { type WindowOptions, window } from "./window.ts";
