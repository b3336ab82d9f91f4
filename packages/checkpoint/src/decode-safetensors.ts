import { bfloat16ToFloat32, float16ToFloat32 } from "./half-precision.ts";
import type { NamedArray } from "./named-arrays.ts";
import {
  headerLength,
  LENGTH_BYTES,
  parseHeader,
  type SafetensorsEntry,
  safetensorsError,
} from "./safetensors-header.ts";

/** Content of a safetensors file. */
export interface Safetensors {
  readonly arrays: Record<string, NamedArray>;
  readonly metadata: Readonly<Record<string, string>>;
}

export interface DecodeSafetensorsOptions {
  /** Name of the file in errors. Default `"safetensors"`. */
  readonly file?: string | undefined;
  /** Which arrays to decode; the others may have any dtype. Default all. */
  readonly wanted?: ((name: string) => boolean) | undefined;
}

/**
 * Reads and validates a safetensors file. F32 and I32 come as they are; F16 and BF16 become F32, exactly.
 *
 * The arrays are views of `bytes` where its alignment allows.
 *
 * @throws {CheckpointError} `checkpoint/truncated`, `checkpoint/header`, `checkpoint/duplicate`, `checkpoint/dtype` or
 *   `checkpoint/offsets`, naming the file and the array.
 * @source https://github.com/huggingface/safetensors#format
 * @example decodeSafetensors(encodeSafetensors(weights)).arrays
 */
export function decodeSafetensors(bytes: Uint8Array, options: DecodeSafetensorsOptions = {}): Safetensors {
  const { file = "safetensors", wanted = () => true } = options;
  const dataStart = LENGTH_BYTES + headerLength(bytes, bytes.byteLength, file);
  const data = bytes.subarray(dataStart);
  const { entries, metadata } = parseHeader(bytes.subarray(LENGTH_BYTES, dataStart), data.byteLength, file);
  const decoded = entries.filter(({ name }) => wanted(name)).map((entry) => [entry.name, decode(data, entry, file)]);
  return { arrays: Object.fromEntries(decoded), metadata };
}

function decode(data: Uint8Array, { name, dtype, shape, start, end }: SafetensorsEntry, file: string): NamedArray {
  const bytes = data.subarray(start, end);
  switch (dtype) {
    case "F32":
      return { dtype, shape, data: new Float32Array(...aligned(bytes, Float32Array.BYTES_PER_ELEMENT)) };
    case "I32":
      return { dtype, shape, data: new Int32Array(...aligned(bytes, Int32Array.BYTES_PER_ELEMENT)) };
    case "F16":
      return { dtype: "F32", shape, data: float16ToFloat32(halves(bytes)) };
    case "BF16":
      return { dtype: "F32", shape, data: bfloat16ToFloat32(halves(bytes)) };
    default: {
      const remedy = "leave it out with wanted, or convert the file";
      const problem = `array ${JSON.stringify(name)} is ${dtype}; F32, I32, F16 and BF16 can be read; ${remedy}`;
      throw safetensorsError(file, "dtype", problem);
    }
  }
}

const halves = (bytes: Uint8Array): Uint16Array => new Uint16Array(...aligned(bytes, Uint16Array.BYTES_PER_ELEMENT));

/**
 * Returns bytes in which a typed array can lie: these ones, or a copy if they start at an odd place.
 * The copy is not made by `slice`, which a Node Buffer overrides to share memory.
 */
function aligned(bytes: Uint8Array, elementBytes: number): [buffer: ArrayBufferLike, start: number, length: number] {
  const { buffer, byteOffset } = bytes.byteOffset % elementBytes === 0 ? bytes : Uint8Array.from(bytes);
  return [buffer, byteOffset, bytes.byteLength / elementBytes];
}
