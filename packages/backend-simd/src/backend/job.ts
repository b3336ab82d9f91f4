import type { WasmKernels } from "../wasm/wasm-kernels.ts";

/** The id of a raw kernel that works on a range. */
export type JobKernel = { [K in keyof WasmKernels]: JobArguments<K> extends never ? never : K }[keyof WasmKernels];

/** The id of a raw kernel that returns a number; what tells sizes is none. */
export type AnsweringKernel = Exclude<
  { [K in JobKernel]: ReturnType<WasmKernels[K]> extends number ? K : never }[JobKernel],
  `${string}Bytes`
>;

/** A raw kernel's arguments without its range, which come last. */
export type JobArguments<K extends keyof WasmKernels> =
  Parameters<WasmKernels[K]> extends [...infer Fixed extends number[], start: number, end: number] ? Fixed : never;
