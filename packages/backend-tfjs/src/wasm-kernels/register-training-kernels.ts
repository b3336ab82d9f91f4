import { getKernel, type KernelFunc, registerKernel, unregisterKernel } from "@tensorflow/tfjs-core";
import { correctedCast } from "./cast.ts";
import { oneHot } from "./one-hot.ts";
import { unsortedSegmentSum } from "./unsorted-segment-sum.ts";

let registered = false;

/** Registers what training needs and tfjs 4.22 has no WebAssembly for, or a wrong one. The second call does nothing. */
export function registerTrainingKernels(): void {
  if (registered) return;
  registered = true;
  if (getKernel("UnsortedSegmentSum", "wasm") == null) register("UnsortedSegmentSum", unsortedSegmentSum);
  for (const [kernelName, corrected] of Object.entries({ OneHot: oneHot, Cast: correctedCast() })) {
    unregisterKernel(kernelName, "wasm");
    register(kernelName, corrected);
  }
}

const register = (kernelName: string, kernelFunc: KernelFunc): void =>
  registerKernel({ kernelName, backendName: "wasm", kernelFunc });
