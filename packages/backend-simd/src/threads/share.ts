import type { NativeKernels } from "../native/native.ts";

export type Kernel = (...values: number[]) => number | undefined;

/** How a job is cut: by the kernel's own range, or the columns of a matrix product. */
export const cuts = { range: 0, gemmColumns: 1 } as const;

/** Places in a job's numbers; the kernel's arguments follow. */
export const jobNumber = { kernel: 0, cut: 1, units: 2, share: 3, scratch: 4, count: 5, arguments: 6 } as const;

/** Places in the arguments of `NativeKernels.gemm`. */
const gemm = { transposeB: 1, m: 2, n: 3, b: 8, ldb: 9, c: 11, bias: 15, scratch: 16 } as const;

/** The raw kernels in the order of their ids, the same in every instance of a module. */
export const kernelList = (native: NativeKernels): Kernel[] => Object.values(native) as Kernel[];

/**
 * Runs one share of a job, the `index`-th run of `share` work units.
 *
 * @param thread - which packing buffer is this thread's own, of those that lie one after the other at `scratch`.
 * @returns what the kernel returned, −1 if nothing.
 */
export function runShare(kernels: readonly Kernel[], numbers: Float64Array, index: number, thread: number): number {
  const kernel = kernels[numbers[jobNumber.kernel]!]!;
  const share = numbers[jobNumber.share]!;
  const start = index * share;
  const end = Math.min(numbers[jobNumber.units]!, start + share);
  const scratch = numbers[jobNumber.scratch]!;
  const values = Array.from(numbers.subarray(jobNumber.arguments, jobNumber.arguments + numbers[jobNumber.count]!));
  if (scratch > 0) values[gemm.scratch] = values[gemm.scratch]! + thread * scratch;
  if (numbers[jobNumber.cut] === cuts.gemmColumns) return runColumns(kernel, values, start, end);
  return kernel(...values, start, end) ?? -1;
}

// Every row of some columns is a product of its own, by the part of B (and bias) that these columns come from.
function runColumns(kernel: Kernel, values: number[], start: number, end: number): number {
  const rows = values[gemm.m]!;
  values[gemm.n] = end - start;
  values[gemm.b] = values[gemm.b]! + 4 * start * (values[gemm.transposeB] ? values[gemm.ldb]! : 1);
  values[gemm.c] = values[gemm.c]! + 4 * start;
  if (values[gemm.bias]! > 0) values[gemm.bias] = values[gemm.bias]! + 4 * start;
  return kernel(...values, 0, rows) ?? -1;
}
