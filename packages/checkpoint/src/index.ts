export { type DecodeSafetensorsOptions, decodeSafetensors, type Safetensors } from "./decode-safetensors.ts";
export { encodeSafetensors, safetensorsChunks } from "./encode-safetensors.ts";
export type { NamedArray, NamedArrays } from "./named-arrays.ts";
export type { SafetensorsArrayInfo } from "./safetensors-header.ts";
