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

/** `y[i] = f(x[i])` for `count` floats by the library, by `elementwiseCodes`. Called only where it has such functions. */
@external("env", "elementwise")
export declare function libraryElementwise(code: u32, count: u32, x: usize, y: usize): void;

/** `dx[i] = dy[i] · f′(x[i])`, as `libraryElementwise`; `dx` may be `dy`. */
@external("env", "elementwiseGradient")
export declare function libraryElementwiseGradient(code: u32, count: u32, x: usize, dy: usize, dx: usize): void;
