export {
  type Architecture,
  type ArchitecturePlugin,
  architecture,
  type MaskBuilder,
  type MaskContext,
  type Reads,
  readsOf,
  selfMaskOf,
} from "./architecture.ts";
export { type ModelConfig, type ModelOptions, modelConfigSchema } from "./config.ts";
export {
  countModelMatrices,
  countModelParameters,
  type Flops,
  forwardFlops,
  type RowLengths,
  trainingFlops,
} from "./counters.ts";
export { type CreateModelOptions, createModel } from "./create-model.ts";
export type { AppendOptions, Decoder, DecodingState } from "./decoder.ts";
export { crossMaskFor, selfMaskFor, within } from "./input-masks.ts";
export {
  type LanguageLossOptions,
  type LanguageTask,
  type LanguageTaskOptions,
  languageTask,
} from "./language-task.ts";
export { type LabelPlaces, leaksByMasks } from "./leaks-by-masks.ts";
export { factorsOf, logitsOf } from "./logits-of.ts";
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
export { positionKinds } from "./positions-config.ts";
export { type FlatModelFields, type RecordedModelOptions, readModelOptions } from "./read-model-options.ts";
export { type ResolvedConfig, resolveConfig, windowsOf } from "./resolve-config.ts";
export { streamLayout } from "./stream-layout.ts";
export {
  type CreateVectorModelOptions,
  createVectorModel,
  type VectorInput,
  type VectorModel,
  type VectorModelOptions,
} from "./vector-model.ts";
