import type { GemmChoice } from "../gemm/choose-gemm.ts";
import type { AskedPrecision, MatmulPrecision } from "../gemm/matmul-precision.ts";
import type { HeapOptions, HeapUse } from "../memory/heap.ts";
import type { WasmBuild } from "../wasm/create-wasm-kernels.ts";

/** The options of a backend on shared memory. */
export interface SimdOptions extends HeapOptions {
  /** Forces a build of the kernels; by default the fastest that the engine validates. */
  readonly build?: WasmBuild | undefined;
  /** False leaves every op to the copied cpu kernels: the oracle on the same memory. Default true. */
  readonly accelerate?: boolean | undefined;
  /**
   * Threads to work with, the main one included; default `TRIVIUM_THREADS`, else one for each core. Results do not
   * depend on it.
   */
  readonly threads?: number | undefined;
  /**
   * The provider of large matrix products: `"mkl"`, `"accelerate"`, `"onednn"`, `"openblas"`, `"system-openblas"`, `"wasm"` or
   * a provider of one's own; default `TRIVIUM_GEMM`, else what `doctor --tune` chose, else the first of them that is
   * available and not slower than `"wasm"` on this processor.
   */
  readonly gemm?: GemmChoice | undefined;
  /**
   * `bf16` rounds the inputs of large products to bfloat16, where the provider and the processor can; `auto` measures, and
   * takes it only where it is faster. Default `TRIVIUM_PRECISION`, else `f32`.
   */
  readonly matmulPrecision?: AskedPrecision | undefined;
  /** True gives the provider small products too, which are faster without it; for its tests. */
  readonly gemmForSmall?: boolean | undefined;
  /** Work units (rows, elements) at a time that a kernel is called with; for tests, which force it to 1. */
  readonly splitUnits?: number | undefined;
}

/** The memory, threads and provider of a backend, for reports and tests. */
export interface SimdUse extends HeapUse {
  readonly build: WasmBuild;
  readonly gemm: string;
  readonly matmulPrecision: MatmulPrecision;
  /** Threads that share the work, the main one included. */
  readonly threads: number;
  /** Data buffers that are alive: tensors that share one count once. */
  readonly liveBuffers: number;
  /** Buffers that a program dropped without disposing, taken back by the garbage collector's notice. */
  readonly forgottenBuffers: number;
}
