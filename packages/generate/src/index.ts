export { type BeamDecoded, type BeamSearchOptions, decodeWithBeam } from "./beam-search.ts";
export { type GenerateEvent, type GenerateOptions, generate } from "./generate.ts";
export { type Decoded, type DecodeOptions, decodeGreedily } from "./greedy.ts";
