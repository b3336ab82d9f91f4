import type { Probe } from "@trivium/tensor";
import { createNative, type NativeBuild } from "./native/create-native.ts";

const NEWER = "Use Node 22 or newer, or a browser of 2021 or newer.";

/** Whether this engine has what the backend needs: WebAssembly with SIMD and threads, and shared memory. */
export async function probeSimd(build?: NativeBuild): Promise<Probe> {
  if (typeof WebAssembly === "undefined") return unavailable("there is no WebAssembly", 'Use the "cpu" backend.');
  let memory: WebAssembly.Memory;
  try {
    // A page that is not cross-origin isolated may have shared memory too; it only has no threads.
    memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  } catch {
    return unavailable("there is no shared WebAssembly memory", NEWER);
  }
  try {
    const chosen = createNative(memory, build).build;
    // Not the number of threads: results do not depend on it, and this is what a resumed run compares.
    return { available: true, detail: `${chosen} SIMD kernels on shared memory, matrix products in wasm` };
  } catch {
    const remedy = build === "relaxed" ? 'Use the "plain" build.' : NEWER;
    return unavailable(`WebAssembly lacks the instructions of the "${build ?? "plain"}" kernels`, remedy);
  }
}

const unavailable = (reason: string, remedy: string): Probe => ({ available: false, reason, remedy });
