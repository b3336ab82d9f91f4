/** A kernel: numbers, the last two of which are its range; it may return a number. */
export type Kernel = (...values: number[]) => number | undefined;

/** The kernels of a thread by name. A kernel's id is its place, the same in every thread. */
export type KernelTable = Readonly<Record<string, Kernel>>;

/** Places in a job's numbers; the kernel's arguments follow. */
export const jobNumber = { kernel: 0, units: 1, share: 2, scratch: 3, count: 4, arguments: 5 } as const;

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
