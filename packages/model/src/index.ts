export { type Architecture, architecture, type MaskBuilder, type MaskContext, selfMaskOf } from "./architecture.ts";
export { type ModelConfig, type ModelOptions, modelConfigSchema } from "./config.ts";
export { countModelParameters, type Flops, forwardFlops, type RowLengths } from "./counters.ts";
export { type CreateModelOptions, createModel } from "./create-model.ts";
export type { DecodingState, ForwardOptions, Model } from "./model.ts";
export { type ResolvedConfig, resolveConfig } from "./resolve-config.ts";
