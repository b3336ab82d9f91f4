import type { GemmRequest } from "./gemm-request.ts";

/** How the C of each matrix in a batch is cut: into runs of `size` rows, or of columns. */
export interface Panels {
  readonly columns: boolean;
  readonly size: number;
  /** Panels in one matrix. */
  readonly count: number;
  /** Terms of a sum that one call adds up; the next call adds to what it left. */
  readonly depth: number;
}

/** A panel has a whole number of cache lines of C. */
const GRANULE = 16;
/** Smaller panels would make a library slower: it prepares the whole other operand for each. */
const LEAST = { rows: 64, columns: 256, flops: 2 ** 22 };
/** The most panels of a product, so many that no thread waits long for another one's last panel. */
const MOST_PANELS = 16;
/** Panels of a transposed A, whose columns a library gathers one by one: fewer gather less of it more than once. */
const MOST_PANELS_OF_COLUMNS = { short: 8, long: 4 };
/** Terms of a sum from which on what a library gathers of a transposed A leaves its caches before it is used. */
const LONG = 4096;
/** Terms of such a sum that are added up at a time. */
const DEPTH = 512;

type Shape = Pick<GemmRequest, "transposeA" | "m" | "n" | "k">;

/**
 * The panels of a product, each of them one run of a library. They follow from the shape alone: a library adds up in
 * an order that may depend on the sizes that it is called with, so that threads may take panels but not cut them.
 */
export function panelsOf({ transposeA, m, n, k }: Shape): Panels {
  const columns = n > m;
  const length = columns ? n : m;
  const isLong = transposeA && k >= LONG;
  const ofColumns = isLong ? MOST_PANELS_OF_COLUMNS.long : MOST_PANELS_OF_COLUMNS.short;
  const wanted = Math.min(transposeA ? ofColumns : MOST_PANELS, Math.floor((2 * m * n * k) / LEAST.flops));
  const even = Math.ceil(length / Math.max(1, wanted) / GRANULE) * GRANULE;
  const size = Math.min(length, Math.max(even, columns ? LEAST.columns : LEAST.rows));
  return { columns, size, count: Math.ceil(length / size), depth: isLong ? DEPTH : k };
}

/** Below this a library's call costs more than it saves. */
const LEAST_FLOPS_OF_A_CALL = 2 ** 16;

/** Whether the WebAssembly kernel multiplies them, by shape alone. */
export const isSmall = ({ m, n, k }: Pick<GemmRequest, "m" | "n" | "k">): boolean =>
  2 * m * n * k < LEAST_FLOPS_OF_A_CALL;

/** What conversion costs is won back where each converted element is used this often. */
const LEAST_USES = 64;

/** Whether its inputs are rounded to bfloat16 where that was asked for, by shape alone. */
export const isForBf16 = ({ m, n, k }: Pick<GemmRequest, "m" | "n" | "k">): boolean =>
  2 * m * n * k >= LEAST.flops && m * n >= LEAST_USES * (m + n);
