import { GRANULE } from "../memory/allocator.ts";
import type { Heap } from "../memory/heap.ts";
import type { NativeKernels } from "../native/native.ts";

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
}

/**
 * What multiplies matrices: the kernels' own micro-kernel, or a native library called on the same memory.
 *
 * `C[i] = op(A[i]) · op(B[i]) (+ bias) (+ C[i])` for rows `[start, end)`, counted over the batch's `batch · m` rows.
 */
export interface GemmProvider {
  readonly name: string;
  gemm(request: GemmRequest, start: number, end: number): void;
}

/** The packed 6×8 micro-kernel in WebAssembly: always there. */
export function wasmGemm(native: NativeKernels, heap: Heap): GemmProvider {
  let scratch = 0;
  return {
    name: "wasm",
    gemm(request, start, end) {
      const { m, n, k, a, lda, strideA, b, ldb, strideB, c, ldc, strideC, bias } = request;
      scratch ||= allocateScratch(native, heap);
      const [ta, tb, add] = [request.transposeA ? 1 : 0, request.transposeB ? 1 : 0, request.accumulate ? 1 : 0];
      native.gemm(ta, tb, m, n, k, a, lda, strideA, b, ldb, strideB, c, ldc, strideC, add, bias, scratch, start, end);
    },
  };
}

function allocateScratch(native: NativeKernels, heap: Heap): number {
  const block = heap.allocate(native.gemmScratchBytes(), () => "the packing buffer of matrix products");
  // Aligned for vector stores, whatever a test does to the addresses of tensors.
  return block.start * GRANULE;
}
