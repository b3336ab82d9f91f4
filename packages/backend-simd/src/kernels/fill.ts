import { type DataType, type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { Output, SimdBackend } from "../backend/simd-backend.ts";
import { isNumeric, type NumericValues } from "../backend/tensor-data.ts";
import { type AcceleratedKernel, accelerate } from "./accelerated-kernel.ts";

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

const fill = accelerate("Fill", {}, (backend, _inputs, { shape, value, dtype }) => {
  const type = (dtype as DataType | undefined) ?? util.inferDtype(value as number);
  return filled(backend, shape as number[], type, value as number);
});

const like = (kernelName: string, value: number): AcceleratedKernel => ({
  kernelName,
  run: (backend, { x }) => filled(backend, x!.shape, x!.dtype, value),
});

const oneHot = accelerate("OneHot", { indices: "int32" }, (backend, { indices }, attributes) => {
  if (attributes.dtype !== "float32") return undefined;
  const [depth, on, off] = [attributes.depth, attributes.onValue, attributes.offValue] as [number, number, number];
  const y = backend.allocate([...indices.shape, depth], "float32");
  backend.run("oneHot", indices.data.length, indices.data.address, y.address, depth, on, off);
  return y;
});

export const fillKernels: readonly AcceleratedKernel[] = [fill, like("ZerosLike", 0), like("OnesLike", 1), oneHot];
