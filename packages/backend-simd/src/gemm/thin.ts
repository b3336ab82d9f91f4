import { GRANULE } from "../memory/allocator.ts";
import type { Block } from "../memory/block.ts";
import type { Heap } from "../memory/heap.ts";
import { type Cutting, shareOf } from "../threads/cut-job.ts";
import type { Job } from "../threads/thread-pool.ts";
import { activationCodes } from "../wasm/codes.ts";
import type { GemmRequest } from "./gemm-request.ts";

/** Most rows of A in a product that is bound by reading B. */
export const MOST_THIN_ROWS = 8;
/** Elements of B from which its reading counts. Products of as few rows with less are small for libraries too. */
const LEAST_ELEMENTS = 4096;

/**
 * Tells, by its shape alone, if a product has few rows, as in decoding. Its kernels then read B once, and a row has the
 * same bits whatever the other rows are.
 */
export const isThin = ({ m, n, k, batch, ldc, transposeA, accumulate }: GemmRequest): boolean =>
  m > 0 && m <= MOST_THIN_ROWS && batch === 1 && n * k >= LEAST_ELEMENTS && !transposeA && !accumulate && ldc === n;

/** Rows of B that a kernel reads together. */
const STREAMS = 8;
/** Parts of `k`, where they have enough steps. */
const PARTS = { most: 8, leastSteps: 64 };
/** Columns that are summed together: of more, sums would leave the second cache. */
const COLUMNS = 4096;
/** Bytes of B in the units of work, about, where it is transposed. */
const UNIT_BYTES = 2 ** 18;
/** Units come in multiples of these, for even shares, and are at most so many. */
const UNITS = { step: 4, most: 64 };
/** Bytes of B that a thread reads in a nanosecond, about: whether to cut depends on it, no bit of a result does. */
const BYTES = 9;
/** Factors that have one scale. */
const BLOCK = 32;

/** Rows of a transposed B in a unit of work, by the shape alone. */
export function rowsOfUnit(n: number, rowBytes: number): number {
  const wanted = UNITS.step * Math.ceil((n * rowBytes) / UNIT_BYTES / UNITS.step);
  return Math.ceil(n / Math.min(UNITS.most, wanted) / STREAMS) * STREAMS;
}

/** A product by packed weights, over byte addresses. */
export interface PackedRequest extends Pick<GemmRequest, "m" | "n" | "k" | "a" | "c" | "bias" | "epilogue"> {
  readonly words: number;
  /** 0 for bfloat16. */
  readonly scales: number;
}

/** Outputs in a unit of work, by the shape and the format alone: scales of blocks stand in the order of units. */
export const unitRowsOf = ({ n, k, scales }: Pick<PackedRequest, "n" | "k" | "scales">): number =>
  rowsOfUnit(n, scales ? k : 2 * k);

/** Arguments of what follows sums: a bias, an activation, and where its results go. */
function ends({ bias, c, epilogue }: Pick<GemmRequest, "bias" | "c" | "epilogue">): number[] {
  return [bias, epilogue ? activationCodes[epilogue.activation] : -1, c, epilogue?.slope ?? 0];
}

/** Returns the address of memory of at least so many bytes that a product's jobs use until they are done. */
export type MemoryOf = (bytes: number) => number;

/** The jobs of a product of few rows, one after the other. */
export function thinJobs(request: GemmRequest, cutting: Cutting, memoryOf: MemoryOf): Job[] {
  const { m, n, k, a, lda, b, ldb, transposeB } = request;
  if (transposeB) {
    const rows = rowsOfUnit(n, 4 * k);
    const values = [0, a, lda, m, b, ldb, n, k, rows, ...ends(request)];
    return [unitsJob({ kernel: "thinDots", units: Math.ceil(n / rows), bytes: 4 * rows * k, values }, cutting)];
  }
  const { job, from, parts } = sumsOfParts(request, cutting, memoryOf);
  const share = shareOf(n, { nanoseconds: (m * parts) / 4, granule: 16 }, cutting);
  return [job, jobOf("thinSums", n, share, [from, parts, m, n, ...ends(request)])];
}

/** The job that prepares factors `[m, k]` for products by blocks, in `4 · m · k` bytes. */
export function factorsJob({ m, k, a }: Pick<PackedRequest, "m" | "k" | "a">, factors: number): Job {
  const blocks = (m * k) / BLOCK;
  return jobOf("blockFactors", blocks, blocks, [a, factors, factors + 2 * m * k]);
}

/** The job of a product by packed weights: `C = f(A·Bᵀ + bias)`. @param factors - those of `factorsJob`, for blocks. */
export function packedJob(request: PackedRequest, cutting: Cutting, factors: number): Job {
  const { m, n, k, a, words, scales } = request;
  const rows = unitRowsOf(request);
  const unit = { units: Math.ceil(n / rows), bytes: rows * k * (scales ? 34 / 32 : 2) * Math.max(1, m / 2) };
  const blocks = [factors, factors + 2 * m * k, m, words, scales, n, k, rows, ...ends(request)];
  if (scales) return unitsJob({ kernel: "thinQ8", ...unit, values: blocks }, cutting);
  return unitsJob(
    { kernel: "thinDots", ...unit, values: [1, a, k, m, words, k, n, k, rows, ...ends(request)] },
    cutting,
  );
}

/** The products of few rows of one backend. */
export class ThinProducts {
  private readonly heap: Heap;
  private partials: Block | undefined;
  private partialBytes = 0;

  constructor(heap: Heap) {
    this.heap = heap;
  }

  /** The jobs of a product, one after the other. */
  jobsOf(request: GemmRequest, cutting: Cutting): Job[] {
    return thinJobs(request, cutting, (bytes) => this.memoryOf(bytes));
  }

  /** The jobs of a product by packed weights: `C = f(A·Bᵀ + bias)`. */
  packedJobsOf(request: PackedRequest, cutting: Cutting): Job[] {
    if (!request.scales) return [packedJob(request, cutting, 0)];
    const factors = this.memoryOf(4 * request.m * request.k);
    return [factorsJob(request, factors), packedJob(request, cutting, factors)];
  }

  /** The address of at least so many bytes, which are kept: decoding asks for the same again and again. */
  private memoryOf(bytes: number): number {
    if (bytes > this.partialBytes) {
      if (this.partials) this.heap.release(this.partials);
      this.partialBytes = bytes;
      this.partials = this.heap.allocate(bytes, () => "the partial sums of products of few rows");
    }
    return this.partials!.start * GRANULE;
  }
}

/** Sums of parts of `k`, which lie one after the other. */
function sumsOfParts({ m, n, k, a, lda, b, ldb }: GemmRequest, cutting: Cutting, memoryOf: MemoryOf) {
  const wanted = Math.max(1, Math.min(PARTS.most, Math.floor(k / PARTS.leastSteps)));
  const steps = Math.ceil(k / wanted / STREAMS) * STREAMS;
  const parts = Math.ceil(k / steps);
  const columns = Math.min(n, COLUMNS);
  const units = parts * Math.ceil(n / columns);
  const from = memoryOf(4 * parts * m * n);
  const values = [a, lda, m, b, ldb, n, k, steps, columns, from];
  return { job: unitsJob({ kernel: "thinRows", units, bytes: 4 * steps * columns, values }, cutting), from, parts };
}

/** Units of a product, of which each reads so many bytes of B. */
interface Units extends Pick<Job, "kernel" | "units" | "values"> {
  readonly bytes: number;
}

/** A job whose units threads take one by one, if there is enough for two: memory is not as fast for each of them. */
function unitsJob({ kernel, units, bytes, values }: Units, cutting: Cutting): Job {
  const share = shareOf(units, { nanoseconds: bytes / BYTES, granule: 1 }, cutting);
  return jobOf(kernel, units, share < units && cutting.splitUnits === undefined ? 1 : share, values);
}

const jobOf = (kernel: string, units: number, share: number, values: readonly number[]): Job => ({
  kernel,
  units,
  share,
  scratch: 0,
  values,
});
