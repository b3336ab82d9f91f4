import type { DataType, TensorInfo } from "@tensorflow/tfjs-core";
import type { Block } from "../memory/block.ts";
import type { Heap } from "../memory/heap.ts";

/** The values of a numeric tensor as tfjs's kernels see them. */
export type NumericValues = Float32Array | Int32Array | Uint8Array;

/** What a tensor keeps outside the shared memory: encoded strings. */
export type ForeignValues = Uint8Array[];

/** Tells whether tensors of the type lie in the shared memory: strings and complex numbers do not. */
export const isNumeric = (dtype: DataType): boolean => dtype === "float32" || dtype === "int32" || dtype === "bool";

const wideArrays = { float32: Float32Array, int32: Int32Array } as const;

/** The typed array that holds values of a numeric type. */
export const arrayOf = (dtype: DataType) => wideArrays[dtype as keyof typeof wideArrays] ?? Uint8Array;

/** Bytes of one element. */
export const bytesPerElement = (dtype: DataType): number => (dtype === "bool" ? 1 : 4);

/**
 * The data of one tensor (or of several that share it). Numbers lie in a block of the shared memory; strings and
 * the two halves of complex numbers stay as tfjs's cpu backend has them.
 */
export class TensorData {
  readonly dtype: DataType;
  /** Elements. */
  readonly length: number;
  /** Byte address in the shared memory; 0 if there is no block. */
  readonly address: number;
  block: Block | undefined;
  refCount = 1;
  /** True if the garbage collector reports that the tensor is forgotten. */
  isWatched = false;
  complexTensorInfos?: { real: TensorInfo; imag: TensorInfo };
  private readonly heap: Pick<Heap, "memory" | "settle">;
  private view: NumericValues | ForeignValues | undefined;

  constructor(
    heap: Pick<Heap, "memory" | "settle">,
    dtype: DataType,
    length: number,
    { block, address = 0, view }: { block?: Block; address?: number; view?: ForeignValues | undefined } = {},
  ) {
    this.heap = heap;
    this.dtype = dtype;
    this.length = length;
    this.block = block;
    this.address = address;
    this.view = view;
  }

  /**
   * A live view, made when a kernel first asks for one, once no job uses the memory any more. It stays right when the memory
   * grows: a shared buffer is never detached, only new addresses need a new buffer.
   */
  get values(): NumericValues | ForeignValues {
    this.heap.settle();
    // A complex tensor has none; kernels read its two halves.
    if (this.view === undefined && this.dtype !== "complex64") this.view = this.createView();
    return this.view as NumericValues | ForeignValues;
  }

  private createView(): NumericValues {
    return new (arrayOf(this.dtype))(this.heap.memory.buffer, this.address, this.length);
  }
}
