import { fittingType, quantise, type WrittenType, writtenTypes } from "./quantise.ts";

/** A value of a GGUF's metadata, with the type that it is written in. */
export type TypedGgufValue =
  | readonly ["u32", number]
  | readonly ["f32", number]
  | readonly ["bool", boolean]
  | readonly ["string", string]
  | readonly ["i32s", readonly number[]]
  | readonly ["f32s", readonly number[]]
  | readonly ["strings", readonly string[]];

export interface EncodeGgufOptions {
  readonly metadata: Readonly<Record<string, TypedGgufValue>>;
  /** Row-major float32 values by name. */
  readonly tensors: Readonly<Record<string, { readonly shape: readonly number[]; readonly data: Float32Array }>>;
  /** The type of matrices; rows of one axis stay F32. Default F32. */
  readonly type?: WrittenType | undefined;
}

const ALIGNMENT = 32;
const ARRAY = 9;
const kinds = { u32: 4, i32: 5, f32: 6, bool: 7, string: 8 } as const;

/**
 * Returns a GGUF file of version 3, in pieces.
 *
 * @source https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
 * @example encodeGguf({ metadata: { "general.architecture": ["string", "llama"] }, tensors, type: "Q8_0" })
 */
export function encodeGguf({ metadata, tensors, type = "F32" }: EncodeGgufOptions): Uint8Array[] {
  const values = Object.entries(metadata);
  const entries = Object.entries(tensors).map(([name, { shape, data }]) => {
    const own = fittingType(type, shape);
    return { name, shape, type: own, bytes: quantise(own, data) };
  });
  const header = [text("GGUF"), u32(3), u64(entries.length), u64(values.length)];
  for (const [key, value] of values) header.push(counted(key), ...encoded(value));
  let offset = 0;
  for (const { name, shape, type: own, bytes } of entries) {
    header.push(counted(name), u32(shape.length), ...shape.toReversed().map(u64), u32(writtenTypes[own]), u64(offset));
    offset += Math.ceil(bytes.byteLength / ALIGNMENT) * ALIGNMENT;
  }
  const size = header.reduce((sum, { byteLength }) => sum + byteLength, 0);
  const data = entries.flatMap(({ bytes }) => [bytes, padding(bytes.byteLength)]);
  return [...header, padding(size), ...data];
}

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const padding = (bytes: number): Uint8Array => new Uint8Array((ALIGNMENT - (bytes % ALIGNMENT)) % ALIGNMENT);
const u32 = (value: number): Uint8Array => new Uint8Array(Uint32Array.of(value).buffer);
const u64 = (value: number): Uint8Array => new Uint8Array(BigUint64Array.of(BigInt(value)).buffer);

function counted(value: string): Uint8Array {
  const bytes = text(value);
  const whole = new Uint8Array(8 + bytes.length);
  whole.set(u64(bytes.length));
  whole.set(bytes, 8);
  return whole;
}

function encoded([kind, value]: TypedGgufValue): Uint8Array[] {
  if (kind === "string") return [u32(kinds.string), counted(value)];
  if (kind === "bool") return [u32(kinds.bool), Uint8Array.of(value ? 1 : 0)];
  if (kind === "u32") return [u32(kinds.u32), u32(value)];
  if (kind === "f32") return [u32(kinds.f32), new Uint8Array(Float32Array.of(value).buffer)];
  if (kind === "strings") return [u32(ARRAY), u32(kinds.string), u64(value.length), ...value.map(counted)];
  const [own, list] = kind === "i32s" ? [kinds.i32, Int32Array.from(value)] : [kinds.f32, Float32Array.from(value)];
  return [u32(ARRAY), u32(own), u64(value.length), new Uint8Array(list.buffer)];
}
