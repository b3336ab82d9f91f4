import { CheckpointError } from "@trivium/core";
import { dtypeNames, elementCount, holderOf, type NamedArray, type NamedArrays } from "./named-arrays.ts";
import { LENGTH_BYTES, MAXIMUM_HEADER_BYTES, METADATA_NAME } from "./safetensors-header.ts";

/** Data start at a multiple of this many bytes, as the reference implementation writes them. */
const ALIGNMENT_BYTES = 8;

/**
 * The bytes of a safetensors file: header length (8 bytes, little-endian), JSON header padded with blanks to a
 * multiple of eight, then the arrays in the order of their names. The same arrays give the same bytes.
 *
 * @param metadata - texts kept in the header.
 * @throws {CheckpointError} `checkpoint/array` if an array's data do not fit its shape or dtype or its name is
 *   `__metadata__`, `checkpoint/header` if the header would be larger than 100 MB.
 * @source https://github.com/huggingface/safetensors#format
 * @example encodeSafetensors({ scale: { dtype: "F32", shape: [], data: Float32Array.of(2) } }).length // => 76
 */
export function encodeSafetensors(arrays: NamedArrays, metadata: Readonly<Record<string, string>> = {}): Uint8Array {
  const chunks = safetensorsChunks(arrays, metadata);
  const bytes = new Uint8Array(chunks.reduce((total, chunk) => total + chunk.byteLength, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.byteLength;
  }
  return bytes;
}

/** Returns the file of {@link encodeSafetensors} in pieces to be written one after the other. The arrays are not copied. */
export function safetensorsChunks(arrays: NamedArrays, metadata: Readonly<Record<string, string>> = {}): Uint8Array[] {
  const entries = Object.entries(arrays).sort(([a], [b]) => (a < b ? -1 : 1));
  const header: [string, unknown][] = Object.keys(metadata).length > 0 ? [[METADATA_NAME, metadata]] : [];
  const chunks: Uint8Array[] = [];
  let offset = 0;
  for (const [name, array] of entries) {
    assertArray(name, array);
    const { dtype, shape, data } = array;
    header.push([name, { dtype, shape, data_offsets: [offset, offset + data.byteLength] }]);
    chunks.push(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    offset += data.byteLength;
  }
  return [headerBytes(Object.fromEntries(header)), ...chunks];
}

function headerBytes(header: object): Uint8Array {
  const json = new TextEncoder().encode(JSON.stringify(header));
  const length = Math.ceil(json.length / ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
  if (length > MAXIMUM_HEADER_BYTES) {
    throw new CheckpointError("checkpoint/header", `the header would be ${length} bytes, over the limit of 100 MB`);
  }
  const bytes = new Uint8Array(LENGTH_BYTES + length).fill(" ".charCodeAt(0));
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(json, LENGTH_BYTES);
  return bytes;
}

function assertArray(name: string, { dtype, shape, data }: NamedArray): void {
  const refuse = (problem: string) =>
    new CheckpointError("checkpoint/array", `array ${JSON.stringify(name)}: ${problem}`, { details: { name } });
  if (name === METADATA_NAME) throw refuse("this name is reserved by the format");
  const holder = holderOf(dtype);
  if (holder === undefined) throw refuse(`dtype ${dtype as string} cannot be written; ${dtypeNames} can`);
  if (!(data instanceof holder)) throw refuse(`${dtype} data must be a ${holder.name}`);
  if (!shape.every((size) => Number.isSafeInteger(size) && size >= 0) || elementCount(shape) !== data.length) {
    throw refuse(`shape [${shape.join(", ")}] does not fit ${data.length} values`);
  }
}
