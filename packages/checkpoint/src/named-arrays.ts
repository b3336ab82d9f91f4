import { CheckpointError } from "@trivium/core";
import { bfloat16ToFloat32, float16ToFloat32 } from "./half-precision.ts";

/** The typed array of each dtype, as a file lays it out: halves are their bits, and BOOL is 0 or 1. */
const holders = {
  F64: Float64Array,
  F32: Float32Array,
  F16: Uint16Array,
  BF16: Uint16Array,
  I64: BigInt64Array,
  U64: BigUint64Array,
  I32: Int32Array,
  U32: Uint32Array,
  I16: Int16Array,
  U16: Uint16Array,
  I8: Int8Array,
  U8: Uint8Array,
  BOOL: Uint8Array,
} as const;

/** The type of an array's values in a file. */
export type Dtype = keyof typeof holders;

/** The dtypes in words, for messages. */
export const dtypeNames: string = Object.keys(holders).join(", ");

type ArrayOf<D extends Dtype, Data> = { readonly dtype: D; readonly shape: readonly number[]; readonly data: Data };

/** An array as a file holds it: row-major values and their shape. F16 and BF16 are bits: see `float32Of`. */
export type NamedArray =
  | ArrayOf<"F64", Float64Array>
  | ArrayOf<"F32", Float32Array>
  | ArrayOf<"F16" | "BF16" | "U16", Uint16Array>
  | ArrayOf<"I64", BigInt64Array>
  | ArrayOf<"U64", BigUint64Array>
  | ArrayOf<"I32", Int32Array>
  | ArrayOf<"U32", Uint32Array>
  | ArrayOf<"I16", Int16Array>
  | ArrayOf<"I8", Int8Array>
  | ArrayOf<"U8" | "BOOL", Uint8Array>;

/** Arrays by name: the weights of a model, or the moments of an optimiser. */
export type NamedArrays = Readonly<Record<string, NamedArray>>;

/** Counts the values of an array of this shape. A scalar (`[]`) has one. */
export const elementCount = (shape: readonly number[]): number => shape.reduce((count, size) => count * size, 1);

/** The typed array that holds values of a dtype; undefined for a dtype that is not known. */
export const holderOf = (dtype: string): (typeof holders)[Dtype] | undefined =>
  Object.hasOwn(holders, dtype) ? holders[dtype as Dtype] : undefined;

/**
 * Returns the values of a floating-point array as float32: F16 and BF16 exactly, F64 rounded. F32 is not copied.
 *
 * @param name - the array's name in errors.
 * @throws {CheckpointError} `checkpoint/dtype` for integers and BOOL.
 * @example float32Of({ dtype: "BF16", shape: [1], data: Uint16Array.of(0x3f80) }) // => Float32Array(1) [1]
 */
export function float32Of(array: NamedArray, name = "array"): Float32Array {
  switch (array.dtype) {
    case "F32":
      return array.data;
    case "F64":
      return Float32Array.from(array.data);
    case "F16":
      return float16ToFloat32(array.data);
    case "BF16":
      return bfloat16ToFloat32(array.data);
    default:
      throw new CheckpointError(
        "checkpoint/dtype",
        `${name} holds ${array.dtype}, and floating-point numbers are needed: F32, BF16, F16 or F64; convert the file`,
      );
  }
}
