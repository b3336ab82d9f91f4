import { MathBackendCPU } from "@tensorflow/tfjs-backend-cpu";
import { type backend_util, type DataType, engine, type TensorInfo, util } from "@tensorflow/tfjs-core";
import { UnsupportedError } from "@trivium/core";
import { type ChosenGemm, chooseGemm, WASM } from "../gemm/choose-gemm.ts";
import { Gemm } from "../gemm/gemm.ts";
import type { GemmRequest } from "../gemm/gemm-request.ts";
import { libraryProducts } from "../gemm/library/library-product.ts";
import type { PackedRequest } from "../gemm/thin.ts";
import { GRANULE } from "../memory/allocator.ts";
import { createHeap, type Heap } from "../memory/heap.ts";
import { startSimdWorker } from "../start-simd-worker.ts";
import { type Cutting, shareOf, type Work } from "../threads/cut-job.ts";
import type { Kernel, KernelTable } from "../threads/share.ts";
import { STEPS, withSteps } from "../threads/step-list.ts";
import { threadCount } from "../threads/thread-count.ts";
import { type Job, ThreadPool, type ThreadPoolOptions } from "../threads/thread-pool.ts";
import { createWasmKernels, type WasmBuild } from "../wasm/create-wasm-kernels.ts";
import type { WasmKernels } from "../wasm/wasm-kernels.ts";
import { workOf } from "../wasm/work-estimate.ts";
import { type DataHandle, DataRegistry } from "./data-registry.ts";
import { ForgottenData } from "./forgotten-data.ts";
import { adviseHugePages } from "./huge-pages.ts";
import type { AnsweringKernel, JobArguments, JobKernel } from "./job.ts";
import type { SimdOptions, SimdUse } from "./simd-options.ts";
import { arrayOf, bytesPerElement, type ForeignValues, type NumericValues, TensorData } from "./tensor-data.ts";

/** A tensor of this backend, and the byte address of its elements. */
export interface Output extends TensorInfo {
  readonly address: number;
}

type Values = backend_util.BackendValues;

/**
 * The tfjs backend whose tensors live in one shared `WebAssembly.Memory`.
 *
 * Writes copy in and reads copy out into unshared buffers; only kernels see views.
 */
export class SimdBackend extends MathBackendCPU {
  override readonly data: DataRegistry;
  readonly heap: Heap;
  readonly wasm: WasmKernels;
  readonly build: WasmBuild;
  /** The kernels of this thread: the raw ones, and that of lists of steps. */
  readonly kernels: KernelTable;
  private readonly chosen: ChosenGemm;
  readonly gemm: Gemm;
  /** Told of each product once it is done, while a profile is taken. */
  onProduct: ((request: GemmRequest, startMs: number) => void) | undefined;
  private readonly options: SimdOptions;
  cutting: Cutting;
  private pool: ThreadPool | undefined;
  private forgotten = 0;
  /** True once a gradient of weights was asked for: steps use their memory again and again, in huge pages. */
  private trains = false;
  private readonly net = new ForgottenData((data) => this.collect(data));

  constructor(options: SimdOptions = {}) {
    super();
    this.options = options;
    this.heap = createHeap(options, {
      onNewPart: (...part) => {
        if (this.trains) adviseHugePages(...part);
      },
      settle: () => void this.pool?.settle(),
    });
    const { memory } = this.heap;
    this.chosen = chooseGemm(options);
    const provider = this.chosen.provider?.open(memory);
    const wasm = createWasmKernels(memory, options.build, libraryProducts(provider));
    this.wasm = wasm.kernels;
    this.build = wasm.build;
    const threads = mayHaveWorkers() ? threadCount(options.threads) : 1;
    this.cutting = { threads, splitUnits: options.splitUnits };
    const smallToo = options.gemmForSmall === true;
    const { precision } = this.chosen;
    this.gemm = new Gemm({ wasm: this.wasm, heap: this.heap, threads, provider, precision, smallToo });
    this.kernels = withSteps(wasm.kernels as unknown as KernelTable, memory);
    const { kernels } = this;
    const start = { module: wasm.module, memory, gemm: provider?.inWorkers };
    const startWorker: ThreadPoolOptions["startWorker"] = (control, thread) =>
      startSimdWorker({ ...start, control, thread });
    this.pool = threads > 1 ? new ThreadPool({ threads, kernels, startWorker }) : undefined;
    this.data = new DataRegistry(this, engine());
  }

  /** A new tensor whose elements are not set. */
  allocate(shape: number[], dtype: DataType): Output {
    const data = this.newNumbers(util.sizeFromShape(shape), dtype, shape);
    return { dataId: this.adopt(data), shape, dtype, address: data.address };
  }

  /**
   * Resolves when every thread takes jobs; without it they join in as they start. Where workers cannot start, one
   * thread does the work, unless a number was asked for.
   *
   * @throws {UnsupportedError} `simd/threads` if `threads` was given and workers cannot start.
   */
  async threadsReady(): Promise<void> {
    const wanted = this.options.threads;
    if (wanted !== undefined && wanted > this.cutting.threads) throw notIsolated(wanted);
    try {
      await this.pool?.ready();
    } catch (error) {
      if (wanted !== undefined) throw error;
      this.pool?.close();
      this.pool = undefined;
      this.cutting = { ...this.cutting, threads: 1 };
    }
  }

  /** Runs a raw kernel over `units` work units, on all threads where it is worth it; see `execute`. */
  run<K extends JobKernel>(kernel: K, units: number, ...values: JobArguments<K>): number {
    const work = this.pool && workOf(kernel, values, units);
    const share = work ? shareOf(units, work, this.cutting) : units;
    return this.execute({ kernel, units, share, scratch: 0, values });
  }

  /**
   * As `run`, for a kernel whose last argument before its range is scratch memory, which each thread has for itself.
   *
   * @param work - what one work unit takes: see `Work`.
   */
  runWithScratch<K extends JobKernel>(
    kernel: K,
    units: number,
    work: Work & { readonly scratchBytes: number },
    ...values: JobArguments<K> extends [...infer Given, scratch: number] ? Given & number[] : never
  ): void {
    const scratch = Math.ceil(work.scratchBytes / GRANULE) * GRANULE;
    const share = this.pool ? shareOf(units, work, this.cutting) : units;
    const threads = share < units ? this.cutting.threads : 1;
    const block = this.heap.allocate(scratch * threads, () => `the scratch memory of ${kernel}`);
    this.execute({ kernel, units, share, scratch, values: [...values, block.start * GRANULE] });
    this.heap.release(block);
  }

  /**
   * Runs a job by its shares on all threads, or whole on this one. Results do not depend on how its range is cut. What is on all
   * threads and returns no number has begun then: this thread takes its part when it next needs the memory.
   *
   * @returns what the kernel returned: the first result that is not negative, if it returns numbers.
   */
  private execute(job: Job): number {
    const { kernel, units, share, values } = job;
    if (share < units && this.pool) {
      // A profile measures each call for itself.
      if (this.onProduct || kernel in answering) return this.pool.run(job);
      this.pool.begin(job);
      return -1;
    }
    this.heap.settle();
    const run = this.wasm[kernel as JobKernel] as Kernel;
    const { splitUnits = Number.POSITIVE_INFINITY } = this.cutting;
    let first = -1;
    for (let start = 0; start < units; start += splitUnits) {
      const result = run(...values, start, Math.min(units, start + splitUnits));
      if (result !== undefined && result >= 0 && first < 0) first = result;
    }
    return first;
  }

  /** Runs a list of steps at an address: see `withSteps`. @param values - the address, the id and the number of steps. */
  runSteps(values: readonly [address: number, id: number, count: number]): void {
    const { threads } = this.cutting;
    if (this.pool) this.pool.run({ kernel: STEPS, units: threads, share: 1, scratch: 1, values: [...values, 0] });
    else this.kernels[STEPS]!(...values, 0);
  }

  /** Multiplies matrices, on all threads where it is worth it. */
  multiply(request: GemmRequest): void {
    const startMs = this.onProduct && performance.now();
    this.runProduct(request);
    this.onProduct?.(request, startMs!);
  }

  /** Multiplies by packed weights, on all threads where it is worth it. */
  multiplyPacked(request: PackedRequest): void {
    for (const job of this.gemm.thin.packedJobsOf(request, this.cutting)) this.execute(job);
  }

  /** The name of what multiplies it: the WebAssembly kernel has the small ones. */
  providerOf(request: GemmRequest): string {
    if (!this.gemm.isForProvider(request)) return WASM;
    return this.gemm.isRounded(request) ? `${this.chosen.name} bf16` : this.chosen.name;
  }

  private runProduct(request: GemmRequest): void {
    if (request.transposeA && !this.trains) adviseHugePages(this.heap.memory);
    this.trains ||= request.transposeA;
    const rounded = this.gemm.roundedOperands(request);
    try {
      for (const { length, from, to } of rounded?.copies ?? []) this.run("toBf16", length, from, to);
      const jobs = this.gemm.plan(rounded?.request ?? request, this.cutting, rounded !== undefined);
      for (const job of jobs) this.execute(job);
    } finally {
      if (rounded) this.heap.release(rounded.block);
    }
  }

  /** The same data under another shape. */
  share(tensor: TensorInfo, shape: number[], dtype: DataType = tensor.dtype): TensorInfo {
    this.data.get(tensor.dataId).refCount++;
    return { dataId: tensor.dataId, shape, dtype };
  }

  use(): SimdUse {
    this.net.watchAll();
    return {
      ...this.heap.use(),
      build: this.build,
      gemm: this.chosen.name,
      matmulPrecision: this.chosen.precision,
      threads: this.cutting.threads,
      liveBuffers: this.data.numDataIds(),
      forgottenBuffers: this.forgotten,
    };
  }

  override write(values: Values, shape: number[], dtype: DataType): object {
    return this.adopt(this.newData(values, shape, dtype));
  }

  override move(handle: object, values: Values, shape: number[], dtype: DataType, refCount: number): void {
    const data = this.newData(values, shape, dtype);
    data.refCount = refCount;
    this.data.set(handle, data);
    this.net.watch(handle, data);
  }

  override readSync(handle: object): Values {
    const data = this.data.get(handle);
    // The super class joins the two halves, which it reads through this method.
    if (data.dtype === "complex64") return super.readSync(handle);
    const { values } = data;
    return data.block === undefined ? (values as ForeignValues) : ((values as NumericValues).slice() as Values);
  }

  override disposeData(handle: object, force = false): boolean {
    const data = this.data.find(handle);
    if (data === undefined) return true;
    data.refCount--;
    if (!force && data.refCount > 0) return false;
    const parts = data.complexTensorInfos;
    if (parts !== undefined) {
      this.disposeData(parts.real.dataId, true);
      this.disposeData(parts.imag.dataId, true);
    }
    this.net.delete(data);
    this.data.delete(handle);
    this.releaseBlock(data);
    return true;
  }

  override time(run: () => void): ReturnType<MathBackendCPU["time"]> {
    return super.time(() => {
      run();
      this.heap.settle();
    });
  }

  override memory(): { unreliable: boolean; reasons: string[] } {
    return { ...this.use(), unreliable: false, reasons: [] };
  }

  override dispose(): void {
    this.pool?.close();
    super.dispose();
  }

  private newData(values: Values | undefined, shape: number[], dtype: DataType): TensorData {
    if (dtype === "string" || dtype === "complex64") {
      const view = values as ForeignValues | undefined;
      return new TensorData(this.heap, dtype, util.sizeFromShape(shape), { view });
    }
    const numbers =
      values instanceof ArrayBuffer ? new (arrayOf(dtype))(values) : (values as NumericValues | undefined);
    const data = this.newNumbers(numbers?.length ?? util.sizeFromShape(shape), dtype, shape);
    if (numbers !== undefined && data.length > 0) (data.values as NumericValues).set(numbers);
    return data;
  }

  private newNumbers(length: number, dtype: DataType, shape: number[]): TensorData {
    if (length === 0) return new TensorData(this.heap, dtype, 0);
    const block = this.heap.allocate(length * bytesPerElement(dtype), () => `a ${dtype} tensor [${shape.join(", ")}]`);
    return new TensorData(this.heap, dtype, length, { block, address: this.heap.addressOf(block) });
  }

  private adopt(data: TensorData): DataHandle {
    const handle = this.data.create(data);
    this.net.add(handle);
    return handle;
  }

  private collect(data: TensorData): void {
    this.forgotten++;
    this.data.forget();
    this.releaseBlock(data);
  }

  private releaseBlock(data: TensorData): void {
    if (data.block === undefined) return;
    this.heap.release(data.block);
    data.block = undefined;
  }
}

/** Kernels whose number is waited for. */
const answering: Readonly<Record<AnsweringKernel, true>> = {
  gatherRows: true,
  packQ8: true,
  softmaxCrossEntropy: true,
  softmaxCrossEntropyGradient: true,
};

// A page that is not cross-origin isolated has shared memory in WebAssembly alone, and may not send it.
const mayHaveWorkers = (): boolean =>
  typeof SharedArrayBuffer === "function" && globalThis.crossOriginIsolated !== false;

const notIsolated = (threads: number): UnsupportedError =>
  new UnsupportedError(
    "simd/threads",
    `${threads} threads need a page that is cross-origin isolated, which this one is not; serve it with the headers ` +
      "Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp, or choose threads: 1",
  );
