/**
 * `C = op(A)·op(B) (+ C)` by the library that multiplies matrices on this thread: addresses in bytes, leading dimensions
 * in elements. Called only where there is one.
 */
@external("env", "product")
export declare function libraryProduct(
  transposeA: bool, transposeB: bool, m: u32, n: u32, k: u32,
  a: usize, lda: u32, b: usize, ldb: u32, c: usize, ldc: u32, accumulate: bool,
): void;

/** As `libraryProduct`, of bfloat16 matrices A and B. */
@external("env", "productBf16")
export declare function libraryProductBf16(
  transposeA: bool, transposeB: bool, m: u32, n: u32, k: u32,
  a: usize, lda: u32, b: usize, ldb: u32, c: usize, ldc: u32, accumulate: bool,
): void;

/** `y[i] = exp(x[i])` for `count` floats by the library. Called only where it has exponentials; NaN may come out as infinity. */
@external("env", "exponentials")
export declare function libraryExponentials(count: u32, x: usize, y: usize): void;
