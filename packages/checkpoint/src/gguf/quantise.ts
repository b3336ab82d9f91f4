import { float32ToBfloat16, float32ToFloat16 } from "../half-precision.ts";

/** The types that are written, by their numbers in a file. */
export const writtenTypes = { F32: 0, F16: 1, Q8_0: 8, BF16: 30 } as const;

/** A type in which tensors are written. */
export type WrittenType = keyof typeof writtenTypes;

/** Values of a block of Q8_0. */
const BLOCK = 32;

/**
 * Returns the type in which a tensor is written where one is wanted: rows of one axis, such as norms, stay F32, and rows that
 * are no whole blocks of Q8_0 become F16, as llama.cpp's converter has it.
 */
export function fittingType(wanted: WrittenType, shape: readonly number[]): WrittenType {
  if (shape.length < 2) return "F32";
  return wanted === "Q8_0" && (shape.at(-1) as number) % BLOCK !== 0 ? "F16" : wanted;
}

/**
 * Returns the bytes of values in a type, as the reference rounds them.
 *
 * @source https://github.com/ggml-org/llama.cpp/blob/master/gguf-py/gguf/quants.py
 */
export function quantise(type: WrittenType, values: Float32Array): Uint8Array {
  if (type === "F32") return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  if (type === "Q8_0") return blocks(values);
  const halves = type === "F16" ? float32ToFloat16(values) : float32ToBfloat16(values);
  return new Uint8Array(halves.buffer);
}

const { fround } = Math;

/** Each block of 32 is its largest magnitude over 127, as a half, and the multiples of it that are nearest. */
function blocks(values: Float32Array): Uint8Array {
  const bytes = new Uint8Array((values.length / BLOCK) * (BLOCK + 2));
  const view = new DataView(bytes.buffer);
  for (let start = 0, at = 0; start < values.length; start += BLOCK, at += BLOCK + 2) {
    let largest = 0;
    for (let index = 0; index < BLOCK; index++) largest = Math.max(largest, Math.abs(values[start + index] as number));
    const scale = fround(largest / 127);
    const inverse = scale === 0 ? 0 : fround(1 / scale);
    const [half = 0] = float32ToFloat16(Float32Array.of(scale));
    view.setUint16(at, half, true);
    for (let index = 0; index < BLOCK; index++) {
      const multiple = fround((values[start + index] as number) * inverse);
      view.setInt8(at + 2 + index, Math.sign(multiple) * Math.floor(Math.abs(multiple) + 0.5));
    }
  }
  return bytes;
}
