import type { Probe } from "@trivium/tensor";
import type { SimdOptions } from "./backend/simd-options.ts";
import { chooseGemm } from "./gemm/choose-gemm.ts";
import { createWasmKernels } from "./wasm/create-wasm-kernels.ts";

const NEWER = "Use Node 22 or newer, or a browser of 2021 or newer.";

/** Whether this engine has what the backend needs: WebAssembly with SIMD and threads, and shared memory. */
export async function probeSimd({
  build,
  ...wishes
}: Pick<SimdOptions, "build" | "gemm" | "matmulPrecision">): Promise<Probe> {
  if (typeof WebAssembly === "undefined") return unavailable("there is no WebAssembly", 'Use the "cpu" backend.');
  let memory: WebAssembly.Memory;
  try {
    // A page that is not cross-origin isolated may have shared memory too; it only has no threads.
    memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  } catch {
    return unavailable("there is no shared WebAssembly memory", NEWER);
  }
  let kernels: string;
  try {
    kernels = `${createWasmKernels(memory, build).build} SIMD kernels on shared memory`;
  } catch {
    const remedy = build === "relaxed" ? 'Use the "plain" build.' : NEWER;
    return unavailable(`WebAssembly lacks the instructions of the "${build ?? "plain"}" kernels`, remedy);
  }
  try {
    const { name, version, precision } = chooseGemm(wishes);
    const products = [name, version, precision === "f32" ? "" : precision].filter(Boolean).join(" ");
    return { available: true, detail: `${kernels}, matrix products in ${products}` };
  } catch (error) {
    return unavailable(
      (error as Error).message,
      "Or leave the choice to it, without the option and without TRIVIUM_GEMM and TRIVIUM_PRECISION",
    );
  }
}

const unavailable = (reason: string, remedy: string): Probe => ({ available: false, reason, remedy });
