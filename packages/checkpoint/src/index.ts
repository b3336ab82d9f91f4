export { type DecodeSafetensorsOptions, decodeSafetensors, type Safetensors } from "./decode-safetensors.ts";
export { encodeSafetensors, safetensorsChunks } from "./encode-safetensors.ts";
export { type ByteRange, blobFiles, type Files } from "./files.ts";
export { type LatestCheckpoint, latestCheckpointIn } from "./latest-checkpoint.ts";
export type { NamedArray, NamedArrays } from "./named-arrays.ts";
export { type Checkpoint, checkpointIn } from "./read-checkpoint.ts";
export type { SafetensorsArrayInfo } from "./safetensors-header.ts";
