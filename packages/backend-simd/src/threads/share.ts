import type { NativeKernels } from "../native/native.ts";

export type Kernel = (...values: number[]) => number | undefined;

/** Places in a job's numbers; the kernel's arguments follow. */
export const jobNumber = { kernel: 0, units: 1, share: 2, scratch: 3, count: 4, arguments: 5 } as const;

/** The kernels in the order of their ids, the same in every thread: the raw ones of the module, and matrix products. */
export const kernelList = (native: NativeKernels, product: Kernel): Kernel[] => [
  ...(Object.values(native) as Kernel[]),
  product,
];

/** The ids by name. */
export const kernelIds = (native: NativeKernels): ReadonlyMap<string, number> =>
  new Map([...Object.keys(native), "product"].map((name, index) => [name, index]));

/**
 * Runs one share of a job, the `index`-th run of `share` work units.
 *
 * @param thread - which scratch memory is this thread's own, of those that lie one after the other at `scratch`.
 * @returns what the kernel returned, −1 if nothing.
 */
export function runShare(kernels: readonly Kernel[], numbers: Float64Array, index: number, thread: number): number {
  const kernel = kernels[numbers[jobNumber.kernel]!]!;
  const share = numbers[jobNumber.share]!;
  const start = index * share;
  const end = Math.min(numbers[jobNumber.units]!, start + share);
  const scratch = numbers[jobNumber.scratch]!;
  const values = Array.from(numbers.subarray(jobNumber.arguments, jobNumber.arguments + numbers[jobNumber.count]!));
  // What is a thread's own is a kernel's last argument before its range.
  if (scratch > 0) values.push(values.pop()! + thread * scratch);
  return kernel(...values, start, end) ?? -1;
}
