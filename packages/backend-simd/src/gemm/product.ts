/**
 * One matrix product on the calling thread: `C = op(A)·op(B) (+ C)`, row-major.
 *
 * Addresses are what the memory's base and a byte offset add up to; leading dimensions are in elements. Where it does
 * not accumulate, it may not read C. `m`, `n` and `k` are at least 1.
 */
export type Product = (
  transposeA: boolean,
  transposeB: boolean,
  m: number,
  n: number,
  k: number,
  a: number,
  lda: number,
  b: number,
  ldb: number,
  c: number,
  ldc: number,
  accumulate: boolean,
) => void;

/**
 * `y[i] = exp(x[i])` of `count` floats on the calling thread; addresses are as those of `Product`, and `y` may be `x`.
 *
 * An element's result is the same wherever a run is cut. `count` is at least 1. NaN may come out as infinity.
 */
export type Exponentials = (count: number, x: number, y: number) => void;

/** The functions of a library, on the calling thread. */
export interface LibraryFunctions {
  readonly product: Product;
  /** The same of bfloat16 matrices A and B; C is float32, and so is the sum. */
  readonly productBf16?: Product | undefined;
  /** The exponentials of many numbers, where the library has them. */
  readonly exponentials?: Exponentials | undefined;
}
