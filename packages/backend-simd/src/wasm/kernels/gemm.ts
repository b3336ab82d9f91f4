import type { Pointer } from "../pointer.ts";

/** Matrix products, and the conversion of their operands. */
export interface GemmKernels {
  /** Bytes of scratch that one running `gemm` needs: one such block for each thread. */
  gemmScratchBytes(): number;

  /**
   * `C[i] = op(A[i])·op(B[i]) (+ bias) (+ C[i])` for matrices `i = 0, 1, …`: `[m, k]·[k, n] → [m, n]`.
   *
   * Every element is a sum over `k` in blocks of 256, in order, whatever `m`, `n`, the transposes and the range are.
   *
   * @param transposeA - 1 if A is stored `[k, m]`, else 0.
   * @param transposeB - 1 if B is stored `[n, k]`, else 0.
   * @param lda - elements from one stored row to the next; `ldb` and `ldc` likewise.
   * @param strideA - elements from one matrix of the batch to the next, 0 to use the same for all; likewise the others.
   * @param accumulate - 1 to add to what C holds, 0 to overwrite it.
   * @param bias - `[n]` added to every row, or offset 0 for none. Not together with `accumulate`.
   * @param scratch - `gemmScratchBytes()` bytes, 16-byte aligned, of this thread alone.
   * @param start - first row of the range, counted over the whole batch: row `r` is row `r mod m` of matrix `⌊r/m⌋`.
   */
  gemm(
    transposeA: number,
    transposeB: number,
    m: number,
    n: number,
    k: number,
    a: Pointer,
    lda: number,
    strideA: number,
    b: Pointer,
    ldb: number,
    strideB: number,
    c: Pointer,
    ldc: number,
    strideC: number,
    accumulate: number,
    bias: Pointer,
    scratch: Pointer,
    start: number,
    end: number,
  ): void;

  /** The bfloat16 nearest to each float32, ties to even; NaN stays NaN. Range: elements. */
  toBf16(x: Pointer, y: Pointer, start: number, end: number): void;
}
