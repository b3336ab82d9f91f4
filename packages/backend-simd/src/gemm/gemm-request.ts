import type { ActivationName } from "@trivium/tensor";

/** A batch of float32 matrix products over byte addresses; strides and leading dimensions in elements. */
export interface GemmRequest {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly a: number;
  readonly lda: number;
  readonly b: number;
  readonly ldb: number;
  readonly c: number;
  readonly ldc: number;
  /** Adds to what C holds. */
  readonly accumulate: boolean;
  /** Matrices in the batch. */
  readonly batch: number;
  /** Elements from one matrix to the next; 0 uses the same for all. */
  readonly strideA: number;
  readonly strideB: number;
  readonly strideC: number;
  /** `[n]` added to every row, or 0 for none; not together with `accumulate`. */
  readonly bias: number;
  /** What follows the sum, on the thread that computed it while it is still in its cache; not with `accumulate`. */
  readonly epilogue?: Epilogue | undefined;
}

/** `C = activation(A·B + bias)`. */
export interface Epilogue {
  readonly activation: ActivationName;
  /** Where the activation's derivative is kept, laid out as C is; 0 for none. */
  readonly slope: number;
}

/** The fields of a product of one matrix as stored, by another as stored, with nothing added. */
export const oneProduct = {
  transposeA: false,
  transposeB: false,
  accumulate: false,
  bias: 0,
  batch: 1,
  strideA: 0,
  strideB: 0,
  strideC: 0,
};
