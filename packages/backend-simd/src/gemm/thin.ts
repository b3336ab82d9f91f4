import { type Block, GRANULE } from "../memory/allocator.ts";
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

/** Sums that lie in parts, or where they belong. */
interface PartialSums {
  readonly from: number;
  readonly parts: number;
}

/** The jobs after those of sums: partial sums and a bias are added, and an activation follows. */
function finish(
  { m, n, bias, c, epilogue }: Pick<GemmRequest, "m" | "n" | "bias" | "c" | "epilogue">,
  { from, parts }: PartialSums,
  cutting: Cutting,
): Job[] {
  const jobs: Job[] = [];
  const sums = epilogue?.slope || c;
  if (parts > 1 || bias || from !== sums) {
    const work = { nanoseconds: (m * parts) / 4, granule: 16 };
    jobs.push(jobOf("thinSums", n, shareOf(n, work, cutting), [from, parts, m, n, bias, sums]));
  }
  if (epilogue) {
    const values = [activationCodes[epilogue.activation], sums, c, epilogue.slope];
    jobs.push(jobOf("activation", m * n, shareOf(m * n, { nanoseconds: 1, granule: 16 }, cutting), values));
  }
  return jobs;
}

/** Returns the address of memory of at least so many bytes that a product's jobs use until they are done. */
export type MemoryOf = (bytes: number) => number;

/** The jobs of a product of few rows, one after the other. */
export function thinJobs(request: GemmRequest, cutting: Cutting, memoryOf: MemoryOf): Job[] {
  const sums = request.epilogue?.slope || request.c;
  if (request.transposeB) return [dots(request, sums, cutting), ...finish(request, { from: sums, parts: 1 }, cutting)];
  const { job, ...partial } = parts(request, cutting, memoryOf);
  return [job, ...finish(request, partial, cutting)];
}

/** The job that prepares factors `[m, k]` for products by weights of one format, in `4 · m · k` bytes. */
export function factorsJob({ m, k, a, scales }: Pick<PackedRequest, "m" | "k" | "a" | "scales">, factors: number): Job {
  if (!scales) return jobOf("evenOddFactors", m, m, [a, k, factors]);
  return jobOf("blockFactors", m, m, [a, k, factors, factors + 2 * m * k]);
}

/** The jobs of a product by packed weights, once its factors are prepared: `C = f(A·Bᵀ + bias)`. */
export function packedJobs(request: PackedRequest, cutting: Cutting, factors: number): Job[] {
  const { m, n, k, c, words, scales } = request;
  const rows = unitRowsOf(request);
  const units = Math.ceil(n / rows);
  const bytes = rows * k * (scales ? 34 / 32 : 2);
  const share = shareOf(units, { nanoseconds: (bytes * Math.max(1, m / 2)) / BYTES, granule: 1 }, cutting);
  const ends = finish(request, { from: c, parts: 1 }, cutting);
  if (!scales) return [jobOf("thinBf16", units, share, [factors, m, words, n, k, rows, c]), ...ends];
  const values = [factors, factors + 2 * m * k, m, words, scales, n, k, rows, c];
  return [jobOf("thinQ8", units, share, values), ...ends];
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
    const factors = this.memoryOf(4 * request.m * request.k);
    return [factorsJob(request, factors), ...packedJobs(request, cutting, factors)];
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
function parts({ m, n, k, a, lda, b, ldb }: GemmRequest, cutting: Cutting, memoryOf: MemoryOf) {
  const wanted = Math.max(1, Math.min(PARTS.most, Math.floor(k / PARTS.leastSteps)));
  const steps = Math.ceil(k / wanted / STREAMS) * STREAMS;
  const count = Math.ceil(k / steps);
  const columns = Math.min(n, COLUMNS);
  const units = count * Math.ceil(n / columns);
  const from = memoryOf(4 * count * m * n);
  const share = shareOf(units, { nanoseconds: (4 * steps * columns) / BYTES, granule: 1 }, cutting);
  const job = jobOf("thinRows", units, share, [a, lda, m, b, ldb, n, k, steps, columns, from]);
  return { job, from, parts: count };
}

function dots({ m, n, k, a, lda, b, ldb, ldc }: GemmRequest, sums: number, cutting: Cutting): Job {
  const rows = rowsOfUnit(n, 4 * k);
  const units = Math.ceil(n / rows);
  const share = shareOf(units, { nanoseconds: (4 * rows * k) / BYTES, granule: 1 }, cutting);
  return jobOf("thinDots", units, share, [a, lda, m, b, ldb, n, k, rows, sums, ldc]);
}

const jobOf = (kernel: string, units: number, share: number, values: readonly number[]): Job => ({
  kernel,
  units,
  share,
  scratch: 0,
  values,
});
