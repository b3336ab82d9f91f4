import { type DataType, type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { Output, SimdBackend } from "../backend/simd-backend.ts";
import type { NumericValues } from "../backend/tensor-data.ts";
import type { AcceleratedKernel } from "./accelerated-kernel.ts";
import { isNumeric } from "./copy-strided.ts";

/** Sets every element of a numeric tensor. */
export function fillTensor(backend: SimdBackend, y: Output, value: number): void {
  const data = backend.data.get(y.dataId);
  if (y.dtype === "float32") backend.run("fill", data.length, y.address, value);
  else (data.values as NumericValues).fill(value);
}

function filled(backend: SimdBackend, shape: number[], dtype: DataType, value: number): TensorInfo | undefined {
  if (!isNumeric(dtype)) return undefined;
  const y = backend.allocate(shape, dtype);
  fillTensor(backend, y, value);
  return y;
}

const fill: AcceleratedKernel = {
  kernelName: "Fill",
  run(backend, _inputs, { shape, value, dtype }) {
    const type = (dtype as DataType | undefined) ?? util.inferDtype(value as number);
    return filled(backend, shape as number[], type, value as number);
  },
};

const like = (kernelName: string, value: number): AcceleratedKernel => ({
  kernelName,
  run(backend, inputs) {
    const x = inputs.x as TensorInfo;
    return filled(backend, x.shape, x.dtype, value);
  },
});

const oneHot: AcceleratedKernel = {
  kernelName: "OneHot",
  run(backend, inputs, { dtype, depth, onValue, offValue }) {
    const indices = inputs.indices as TensorInfo;
    const data = backend.numbers(indices, "int32");
    if (data === undefined || dtype !== "float32") return undefined;
    const y = backend.allocate([...indices.shape, depth as number], "float32");
    backend.run("oneHot", data.length, data.address, y.address, depth as number, onValue as number, offValue as number);
    return y;
  },
};

export const fillKernels: readonly AcceleratedKernel[] = [fill, like("ZerosLike", 0), like("OnesLike", 1), oneHot];
