import { bfloat16ToFloat32, float16ToFloat32 } from "./half-precision.ts";
import type { NamedArray } from "./named-arrays.ts";
import {
  assertDecodable,
  headerLength,
  LENGTH_BYTES,
  parseHeader,
  type SafetensorsArrayInfo,
  type SafetensorsEntry,
} from "./safetensors-header.ts";

/** Content of a safetensors file. */
export interface Safetensors {
  readonly arrays: Record<string, NamedArray>;
  /** The arrays that were not wanted, in the order of their bytes. */
  readonly others: readonly SafetensorsArrayInfo[];
  readonly metadata: Readonly<Record<string, string>>;
}

export interface DecodeSafetensorsOptions {
  /** Name of the file in errors. Default `"safetensors"`. */
  readonly file?: string | undefined;
  /** Chooses the arrays to decode by name. The others are only listed and may have any dtype. Default all. */
  readonly wanted?: ((name: string) => boolean) | undefined;
}

/**
 * Reads and validates a safetensors file. F32 and I32 come as they are; F16 and BF16 become F32, exactly.
 *
 * The arrays are views of `bytes` where its alignment allows. The entries of the header must cover the data exactly,
 * whichever are wanted; dtype and size are checked for the wanted arrays alone.
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
  const arrays: [name: string, array: NamedArray][] = [];
  const others: SafetensorsArrayInfo[] = [];
  for (const entry of entries) {
    const { name, dtype, shape } = entry;
    if (!wanted(name)) others.push({ name, dtype, shape });
    else {
      assertDecodable(entry, file);
      arrays.push([name, decode(data, entry)]);
    }
  }
  return { arrays: Object.fromEntries(arrays), others, metadata };
}

function decode(data: Uint8Array, { dtype, shape, start, end }: SafetensorsEntry): NamedArray {
  const bytes = data.subarray(start, end);
  switch (dtype) {
    case "I32":
      return { dtype, shape, data: new Int32Array(...aligned(bytes, Int32Array.BYTES_PER_ELEMENT)) };
    case "F16":
      return { dtype: "F32", shape, data: float16ToFloat32(halves(bytes)) };
    case "BF16":
      return { dtype: "F32", shape, data: bfloat16ToFloat32(halves(bytes)) };
    default:
      return { dtype: "F32", shape, data: new Float32Array(...aligned(bytes, Float32Array.BYTES_PER_ELEMENT)) };
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
