export * from "./architecture.ts";
export { type ModelConfig, type ModelOptions, modelConfigSchema } from "./config.ts";
export * from "./counters.ts";
export { type CreateModelOptions, createModel } from "./create-model.ts";
export type { AppendOptions, Decoder, DecodingState } from "./decoder.ts";
export { crossMaskFor, selfMaskFor, within } from "./input-masks.ts";
export * from "./language-task.ts";
export { type LabelPlaces, leaksByMasks } from "./leaks-by-masks.ts";
export { factorsOf, logitsOf } from "./logits-of.ts";
export * from "./lora.ts";
export {
  type AnswerSizes,
  decodingBytes,
  forwardBytes,
  gradientBytes,
  type MeasuredModel,
  rowsThatFit,
  shapeOf,
} from "./memory.ts";
export type { BatchShape } from "./memory-stages.ts";
export type { ForwardOptions, LanguageModel, LayerStates, Model } from "./model.ts";
export { parameterSpecs } from "./parameter-specs.ts";
export { positionKinds } from "./positions-config.ts";
export { type FlatModelFields, type RecordedModelOptions, readModelOptions } from "./read-model-options.ts";
export { type ResolvedConfig, resolveConfig, windowsOf } from "./resolve-config.ts";
export * from "./shared-sizes.ts";
export { streamLayout } from "./stream-layout.ts";
export * from "./vector-model.ts";
