import { GRANULE } from "../memory/allocator.ts";
import type { Heap } from "../memory/heap.ts";
import type { NativeKernels } from "../native/native.ts";
import type { JobArguments } from "./job.ts";

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
  /** On the calling thread. */
  gemm(request: GemmRequest, start: number, end: number): void;
  /** What the workers need to take shares of it; a provider without this works on the main thread alone. */
  readonly inWorkers?: (request: GemmRequest) => GemmInWorkers;
}

/** A product as the workers' own `NativeKernels.gemm` takes it. */
export interface GemmInWorkers {
  /** The arguments without the range; the packing buffer is that of the main thread. */
  readonly values: JobArguments<"gemm">;
  /** Bytes from one thread's packing buffer to the next one's. */
  readonly scratchBytes: number;
}

/** The packed 6×8 micro-kernel in WebAssembly: always there. */
export function wasmGemm(native: NativeKernels, heap: Heap, threads: number): GemmProvider {
  const scratchBytes = Math.ceil(native.gemmScratchBytes() / GRANULE) * GRANULE;
  let scratch = 0;
  const values = (request: GemmRequest): JobArguments<"gemm"> => {
    const { m, n, k, a, lda, strideA, b, ldb, strideB, c, ldc, strideC, bias } = request;
    scratch ||= allocateScratch(scratchBytes * threads, heap);
    const [ta, tb, add] = [request.transposeA ? 1 : 0, request.transposeB ? 1 : 0, request.accumulate ? 1 : 0];
    return [ta, tb, m, n, k, a, lda, strideA, b, ldb, strideB, c, ldc, strideC, add, bias, scratch];
  };
  return {
    name: "wasm",
    gemm: (request, start, end) => native.gemm(...values(request), start, end),
    inWorkers: (request) => ({ values: values(request), scratchBytes }),
  };
}

function allocateScratch(bytes: number, heap: Heap): number {
  const block = heap.allocate(bytes, () => "the packing buffers of matrix products");
  // Aligned for vector stores, whatever a test does to the addresses of tensors.
  return block.start * GRANULE;
}
