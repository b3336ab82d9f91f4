import type { NamedTensorInfoMap, TensorInfo } from "@tensorflow/tfjs-core";
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
import type { TensorData } from "../../backend/tensor-data.ts";
import type { AcceleratedKernel } from "../accelerated-kernel.ts";

/** An input of a fused kernel, whose data is of the type that `fusedKernels` says. */
export interface FusedInput {
  readonly tensor: TensorInfo;
  readonly shape: number[];
  readonly data: TensorData;
}

/** The inputs of a fused kernel. */
export type InputsOf<Name extends FusedKernelName> = FusedInputs<(typeof fusedKernels)[Name], FusedInput>;

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
    return {
      kernelName: kernel.name,
      run(backend, given, attributes) {
        const inputs = readInputs(backend, kernel, given);
        return inputs && run(...([backend, inputs, attributes] as never[]));
      },
    };
  });
}

type Given = Readonly<Record<string, FusedInput | undefined>> | readonly FusedInput[];

/** The inputs with their data; undefined if one is missing or of another type. */
function readInputs(backend: SimdBackend, { inputs }: FusedKernel, given: NamedTensorInfoMap): Given | undefined {
  if (inputs === "float32[]") {
    const read = Object.values(given).map((tensor) => readInput(backend, tensor, "float32"));
    return read.every((input) => input !== undefined) ? read : undefined;
  }
  const read: Record<string, FusedInput> = {};
  for (const [name, type] of Object.entries(inputs)) {
    const tensor = given[name];
    if (tensor == null && type.endsWith("?")) continue;
    const input = readInput(backend, tensor, type.replace("?", "") as TensorInfo["dtype"]);
    if (input === undefined) return undefined;
    read[name] = input;
  }
  return read;
}

function readInput(
  backend: SimdBackend,
  tensor: TensorInfo | undefined,
  dtype: TensorInfo["dtype"],
): FusedInput | undefined {
  const data = backend.numbers(tensor, dtype);
  return data && { tensor: tensor!, shape: tensor!.shape, data };
}
