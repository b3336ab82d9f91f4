import type { NamedArray } from "./named-arrays.ts";
import {
  decodableHolder,
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
 * Reads and validates a safetensors file. Arrays keep their dtype; `float32Of` returns their values.
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
    else arrays.push([name, decodeArray(entry, data.subarray(entry.start, entry.end), file)]);
  }
  return { arrays: Object.fromEntries(arrays), others, metadata };
}

/**
 * Returns an array of a file over its bytes, which are copied where their alignment asks for it.
 *
 * @param bytes - the array's bytes alone.
 * @throws {CheckpointError} `checkpoint/dtype`, `checkpoint/offsets`.
 */
export function decodeArray(entry: SafetensorsEntry, bytes: Uint8Array, file: string): NamedArray {
  const holder = decodableHolder(entry, file);
  const { dtype, shape } = entry;
  // A Node Buffer's own slice shares memory.
  const { buffer, byteOffset } = bytes.byteOffset % holder.BYTES_PER_ELEMENT === 0 ? bytes : Uint8Array.from(bytes);
  const data = new holder(buffer as ArrayBuffer, byteOffset, bytes.byteLength / holder.BYTES_PER_ELEMENT);
  return { dtype, shape, data } as NamedArray;
}
