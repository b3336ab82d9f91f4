/** Returns room for float32 numbers, in memory that threads may share, where there is any, so that no transport has to copy. */
export function sharedFloats(length: number): Float32Array {
  const bytes = Math.max(4, 4 * length);
  const buffer = typeof SharedArrayBuffer === "function" ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes);
  return new Float32Array(buffer, 0, length);
}

/** Returns the bytes of float32 numbers, without a copy. */
export const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** Returns float32 numbers from their bytes: without a copy, unless they begin at an odd place. */
export function floatsOf(bytes: Uint8Array): Float32Array {
  const { buffer, byteOffset, byteLength } = byteOffsetOfFloats(bytes);
  return new Float32Array(buffer, byteOffset, byteLength / 4);
}

const byteOffsetOfFloats = (bytes: Uint8Array): Uint8Array => (bytes.byteOffset % 4 === 0 ? bytes : bytes.slice());
