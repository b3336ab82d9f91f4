import type { WasmKernels } from "../wasm/wasm-kernels.ts";

/** The id of a raw kernel that works on a range. */
export type JobKernel = { [K in keyof WasmKernels]: JobArguments<K> extends never ? never : K }[keyof WasmKernels];

/** A raw kernel's arguments without its range, which come last. */
export type JobArguments<K extends keyof WasmKernels> =
  Parameters<WasmKernels[K]> extends [...infer Fixed extends number[], start: number, end: number] ? Fixed : never;
