import { GRANULE } from "../memory/allocator.ts";
import type { Block } from "../memory/block.ts";
import type { Heap } from "../memory/heap.ts";
import { MAXIMUM_SHARES } from "../threads/control.ts";
import { type Cutting, LEAST_SHARE_NANOSECONDS, shareOf } from "../threads/cut-job.ts";
import type { Job } from "../threads/thread-pool.ts";
import type { WasmKernels } from "../wasm/wasm-kernels.ts";
import type { OpenedGemm } from "./gemm-provider.ts";
import type { GemmRequest } from "./gemm-request.ts";
import type { MatmulPrecision } from "./matmul-precision.ts";
import { isForBf16, isSmall, type Panels, panelsOf } from "./panels.ts";
import { engines, productProblem } from "./product-problem.ts";
import { isThin, ThinProducts } from "./thin.ts";

/** Operands of a product that are to be rounded. */
export interface RoundedOperands {
  /** The memory in which they are rounded. */
  readonly block: Block;
  /** Each one's elements, and the addresses of both forms. */
  readonly copies: readonly { readonly length: number; readonly from: number; readonly to: number }[];
  /** The product of the rounded operands. */
  readonly request: GemmRequest;
}

export interface GemmOptions {
  readonly wasm: WasmKernels;
  readonly heap: Heap;
  readonly threads: number;
  /** What multiplies all but small matrices; undefined leaves all to the WebAssembly kernel. */
  readonly provider: OpenedGemm | undefined;
  readonly precision: MatmulPrecision;
  /** Whether it multiplies small matrices too; for its tests. */
  readonly smallToo: boolean;
}

/** Floating-point operations per nanosecond, about: whether to cut depends on them, no bit of a result does. */
const FLOPS = { wasm: 50, provider: 200 };
/** Shares of a provider's panels: enough that a thread which begins late takes fewer of them. */
const MOST_SHARES_PER_THREAD = 8;
/** Shorter sides than these are multiplied faster without the cost of a call. */
const LEAST_TILE = 32;
/** Rows of a tile of the WebAssembly micro-kernel. */
const TILE_ROWS = 6;
/** Columns of two tiles: a cache line of C. */
const LINE = 16;

/** The matrix products of one backend: who computes which, and how they are cut. */
export class Gemm {
  private readonly options: GemmOptions;
  /** The products of few rows. */
  readonly thin: ThinProducts;
  private readonly scratchBytes: number;
  /** The problem at hand; there is memory for it once there was one. */
  private problem: Int32Array | undefined;
  /** Address of the packing buffers; 0 until there was a product that needs them. */
  private scratch = 0;

  constructor(options: GemmOptions) {
    this.options = options;
    this.thin = new ThinProducts(options.heap);
    this.scratchBytes = Math.ceil(options.wasm.gemmScratchBytes() / GRANULE) * GRANULE;
  }

  /** Whether the provider multiplies it, by its shape alone. */
  isForProvider(request: GemmRequest): boolean {
    const { provider, smallToo } = this.options;
    // Libraries differ in what they do with nothing.
    const isNothing = request.m * request.n * request.k === 0;
    if (provider === undefined || isNothing || smallToo) return provider !== undefined && !isNothing;
    return !isSmall(request) && !isThin(request);
  }

  /** Whether the provider multiplies tiles of a kernel, if they are not small. */
  get hasTiles(): boolean {
    return this.options.provider?.inWorkers !== undefined;
  }

  /** The provider has exponentials, on every thread. */
  get hasExponentials(): boolean {
    const { provider } = this.options;
    return provider?.exponentials !== undefined && provider.inWorkers?.primitives !== undefined;
  }

  /** Whether the provider multiplies tiles of a kernel, of that many rows, columns and terms, by their shape alone. */
  isForTiles(rows: number, columns: number, terms: number): boolean {
    const { smallToo } = this.options;
    if (!this.hasTiles) return false;
    return smallToo || (rows >= LEAST_TILE && columns >= LEAST_TILE && terms >= LEAST_TILE);
  }

  /**
   * The jobs of a product, one after the other. Their work units are panels of a provider, or rows or columns for the
   * WebAssembly kernels.
   *
   * @param rounded - A and B are bfloat16.
   */
  plan(request: GemmRequest, cutting: Cutting, rounded = false): Job[] {
    if (this.isForProvider(request)) return [this.planPanels(request, cutting, rounded)];
    return isThin(request) ? this.thin.jobsOf(request, cutting) : [this.planWasm(request, cutting)];
  }

  /** Whether A and B are rounded to bfloat16, by its shape alone. */
  isRounded(request: GemmRequest): boolean {
    const { precision, smallToo } = this.options;
    return precision === "bf16" && this.isForProvider(request) && (smallToo || isForBf16(request));
  }

  /** Memory for A and B in bfloat16, laid out as they are; undefined where they stay as they are. */
  roundedOperands(request: GemmRequest): RoundedOperands | undefined {
    if (!this.isRounded(request)) return undefined;
    const { heap } = this.options;
    const { transposeA, transposeB, m, n, k, batch, lda, ldb, strideA, strideB } = request;
    const lengthA = (batch - 1) * strideA + ((transposeA ? k : m) - 1) * lda + (transposeA ? m : k);
    const lengthB = (batch - 1) * strideB + ((transposeB ? n : k) - 1) * ldb + (transposeB ? k : n);
    const bytesA = Math.ceil((2 * lengthA) / GRANULE) * GRANULE;
    const block = heap.allocate(bytesA + 2 * lengthB, () => "the bfloat16 operands of a matrix product");
    const a = heap.addressOf(block);
    const b = a + bytesA;
    const copies = [
      { length: lengthA, from: request.a, to: a },
      { length: lengthB, from: request.b, to: b },
    ];
    return { block, copies, request: { ...request, a, b } };
  }

  /** Every element is the same however its product is cut, so that the number of threads may decide. */
  private planWasm(request: GemmRequest, cutting: Cutting): Job {
    const { batch, m, n, k } = request;
    // Along the longer side of C: each share packs all of the other operand for itself.
    const columns = batch === 1 && n > m;
    const units = columns ? n : batch * m;
    const nanoseconds = (2 * m * n * k * batch) / FLOPS.wasm / Math.max(1, units);
    // Whole matrices where there are enough of them.
    const granule = columns ? LINE : batch > 2 * cutting.threads ? m : TILE_ROWS;
    const share = shareOf(units, { nanoseconds, granule }, cutting);
    const { scratchBytes } = this;
    this.scratch ||= this.allocate(scratchBytes * this.options.threads, "the packing buffers");
    const values = [this.write(request, engines.wasm, { columns, size: 0, depth: k }), this.scratch];
    return { kernel: "product", units, share, scratch: scratchBytes, values };
  }

  private planPanels(request: GemmRequest, cutting: Cutting, rounded: boolean): Job {
    const panels = panelsOf(request);
    const units = request.batch * panels.count;
    const nanoseconds = (2 * request.m * request.n * request.k) / panels.count / FLOPS.provider;
    const engine = rounded ? engines.libraryBf16 : engines.library;
    const share = this.options.provider!.inWorkers ? shareOfPanels(units, nanoseconds, cutting) : units;
    return { kernel: "product", units, share, scratch: 0, values: [this.write(request, engine, panels), 0] };
  }

  /** Writes a problem in the place of the one before, which is done; returns its address. */
  private write(request: GemmRequest, engine: number, panels: Omit<Panels, "count">): number {
    const values = productProblem(request, engine, panels);
    const bytes = 4 * values.length;
    this.options.heap.settle();
    this.problem ??= new Int32Array(
      this.options.heap.memory.buffer,
      this.allocate(bytes, "the problem"),
      values.length,
    );
    this.problem.set(values);
    return this.problem.byteOffset;
  }

  /** Memory that is kept, aligned for vector stores, whatever a test does to the addresses of tensors. */
  private allocate(bytes: number, what: string): number {
    return this.options.heap.allocate(bytes, () => `${what} of matrix products`).start * GRANULE;
  }
}

// Panels are long already: threads take them one by one, unless they are many.
function shareOfPanels(units: number, nanoseconds: number, { threads, splitUnits }: Cutting): number {
  const least = Math.max(LEAST_SHARE_NANOSECONDS / nanoseconds, units / (threads * MOST_SHARES_PER_THREAD));
  return Math.min(units, Math.max(splitUnits ?? Math.ceil(least), Math.ceil(units / MAXIMUM_SHARES)));
}
