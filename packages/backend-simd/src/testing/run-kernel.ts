import {
  findBackend,
  getKernel,
  type KernelBackend,
  type KernelConfig,
  type NamedTensorInfoMap,
  type TensorInfo,
} from "@tensorflow/tfjs-core";
import type { SimdBackend } from "../backend/simd-backend.ts";
import type { NumericValues } from "../backend/tensor-data.ts";
import type { Given, KernelCall, KernelResult } from "./kernel-call.ts";

/** Runs a kernel on a backend from plain numbers to plain numbers, and leaves nothing behind. */
export function runKernelOn(backendName: string, { kernelName, inputs, attributes }: KernelCall): KernelResult[] {
  const backend = findBackend(backendName) as SimdBackend;
  const make = ({ shape, dtype, values }: Given) => backend.makeTensorInfo(shape, dtype, values);
  const tensors = Array.isArray(inputs)
    ? inputs.map(make)
    : Object.fromEntries(Object.entries(inputs).map(([name, given]) => [name, make(given)]));
  const { kernelFunc } = getKernel(kernelName, backendName) as KernelConfig;
  const outputs = kernelFunc({
    inputs: tensors as unknown as NamedTensorInfoMap,
    backend: backend as unknown as KernelBackend,
    attrs: attributes ?? {},
  });
  const list: TensorInfo[] = Array.isArray(outputs) ? outputs : [outputs];
  const results = list.map(({ dataId, shape, dtype }) => {
    const values = backend.readSync(dataId) as NumericValues;
    return { shape: [...shape], dtype, values };
  });
  for (const tensor of [...list, ...Object.values(tensors)]) backend.disposeIntermediateTensorInfo(tensor);
  return results;
}
