import type { Kernel } from "../threads/share.ts";
import type { WasmKernels } from "../wasm/wasm-kernels.ts";

/** The id of a raw kernel that works on a range. */
export type JobKernel = { [K in keyof WasmKernels]: JobArguments<K> extends never ? never : K }[keyof WasmKernels];

/** A raw kernel's arguments without its range, which come last. */
export type JobArguments<K extends keyof WasmKernels> =
  Parameters<WasmKernels[K]> extends [...infer Fixed extends number[], start: number, end: number] ? Fixed : never;

/**
 * Runs a kernel over all its work units on this thread, in runs of `splitUnits`.
 *
 * A job is a kernel's id, numbers, and a range: all that a thread needs to take a share of it. Results do not depend on
 * how the range is cut.
 *
 * @returns what the kernel returned: the first result that is not negative, if it returns numbers.
 */
export function runJob(
  wasm: WasmKernels,
  name: JobKernel,
  splitUnits: number,
  units: number,
  args: readonly number[],
): number {
  const kernel = wasm[name] as Kernel;
  let first = -1;
  for (let start = 0; start < units; start += splitUnits) {
    const result = kernel(...args, start, Math.min(units, start + splitUnits));
    if (result !== undefined && result >= 0 && first < 0) first = result;
  }
  return first;
}
