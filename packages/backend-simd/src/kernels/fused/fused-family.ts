import type { TensorInfo } from "@tensorflow/tfjs-core";
import {
  type FusedAttributes,
  type FusedFamily,
  type FusedInputs,
  type FusedKernel,
  type FusedKernelName,
  type FusedOutputs,
  fusedKernels,
  type KernelsOfFamily,
} from "@trivium/tensor";
import type { SimdBackend } from "../../backend/simd-backend.ts";
import { type AcceleratedKernel, inputReader, type KernelInput, readList } from "../accelerated-kernel.ts";

/** The inputs of a fused kernel. */
export type InputsOf<Name extends FusedKernelName> = FusedInputs<(typeof fusedKernels)[Name], KernelInput>;

/** The attributes of a fused kernel. */
export type AttributesOf<Name extends FusedKernelName> = FusedAttributes<(typeof fusedKernels)[Name]>;

/** A fused kernel at work; it returns undefined where it does not cover the shapes. */
type FusedRun<Name extends FusedKernelName> = (
  backend: SimdBackend,
  inputs: InputsOf<Name>,
  attributes: AttributesOf<Name>,
) => FusedOutputs<(typeof fusedKernels)[Name], TensorInfo> | undefined;

/** Makes the kernels of a family of fused kernels, of which none may be left out. */
export function accelerateFamily<Family extends FusedFamily>(
  _family: Family,
  runs: { readonly [Name in KernelsOfFamily<Family>]: FusedRun<Name> },
): AcceleratedKernel[] {
  return Object.entries<(...given: never[]) => TensorInfo[] | undefined>(runs).map(([name, run]) => {
    const kernel: FusedKernel = fusedKernels[name as FusedKernelName];
    const read = kernel.inputs === "float32[]" ? readList : inputReader(kernel.inputs);
    return {
      kernelName: kernel.name,
      run(backend, given, attributes) {
        const inputs = read(backend, given);
        return inputs && run(...([backend, inputs, attributes] as never[]));
      },
    };
  });
}
