import type { NamedAttrMap, TensorInfo } from "@tensorflow/tfjs-core";
import {
  type FusedAttributes,
  type FusedFamily,
  type FusedInputs,
  type FusedKernelName,
  type FusedOutputs,
  fusedKernels,
  type KernelsOfFamily,
  tf,
} from "@trivium/tensor";
import type { DeviceBackend } from "../device/device-backend.ts";
import type { Recorder } from "../device/recorder.ts";

/** The inputs of a fused kernel. */
export type InputsOf<Name extends FusedKernelName> = FusedInputs<(typeof fusedKernels)[Name], TensorInfo>;

/** The attributes of a fused kernel. */
export type AttributesOf<Name extends FusedKernelName> = FusedAttributes<(typeof fusedKernels)[Name]>;

/** A fused kernel at work. */
type FusedRun<Name extends FusedKernelName> = (
  recorder: Recorder,
  inputs: InputsOf<Name>,
  attributes: AttributesOf<Name>,
) => FusedOutputs<(typeof fusedKernels)[Name], TensorInfo>;

/** A fused kernel, before it is registered for a backend. */
export type FusedKernelOfDevice = Omit<tf.KernelConfig, "backendName">;

/** Makes the kernels of a family of fused kernels, of which none may be left out. */
export function defineFamily<Family extends FusedFamily>(
  _family: Family,
  runs: { readonly [Name in KernelsOfFamily<Family>]: FusedRun<Name> },
): FusedKernelOfDevice[] {
  return Object.entries<(...given: never[]) => TensorInfo[]>(runs).map(([name, run]) => {
    const { name: kernelName, inputs: named } = fusedKernels[name as FusedKernelName];
    return {
      kernelName,
      kernelFunc({ inputs, attrs, backend }) {
        const given = named === "float32[]" ? Object.values(inputs) : inputs;
        return run(...([(backend as DeviceBackend).recorder, given, attrs as NamedAttrMap] as never[]));
      },
    };
  });
}

/** Returns the number of elements of a shape; 1 for none. */
export const sizeOf = (shape: readonly number[]): number => tf.util.sizeFromShape([...shape]);

/** Returns a tensor as rows of its last axis. */
export const rowsOf = ({ shape }: TensorInfo): { readonly rows: number; readonly columns: number } => ({
  rows: sizeOf(shape.slice(0, -1)),
  columns: shape.at(-1) ?? 1,
});
