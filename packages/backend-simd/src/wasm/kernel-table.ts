import type { Kernel, KernelTable } from "../threads/share.ts";
import type { WasmKernels } from "./wasm-kernels.ts";

/** The kernels of one thread by name, in the same order in every thread: the raw ones, and matrix products. */
export const kernelTable = (wasm: WasmKernels, product: Kernel): KernelTable => ({
  ...(wasm as unknown as KernelTable),
  product,
});
