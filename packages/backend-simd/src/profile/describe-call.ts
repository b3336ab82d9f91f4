import type { NamedTensorInfoMap, TensorInfo } from "@tensorflow/tfjs-core";
import type { KernelRecord } from "@trivium/tensor";
import { bytesPerElement } from "../backend/tensor-data.ts";
import { sizeOf } from "../kernels/size-of.ts";

/** Shapes and bytes of a kernel call. */
export function describeCall(
  inputs: NamedTensorInfoMap,
  outputs: readonly TensorInfo[],
): Pick<KernelRecord, "inputs" | "outputs" | "bytes"> {
  // tfjs names an optional input even where there is none.
  const given = Object.entries(inputs).filter((entry): entry is [string, TensorInfo] => entry[1] != null);
  return {
    inputs: Object.fromEntries(given.map(([name, { shape }]) => [name, shape])),
    outputs: outputs.map(({ shape }) => shape),
    bytes: bytesMoved(
      given.map(([, input]) => input),
      outputs,
    ),
  };
}

/** Each buffer once; nothing for a call that only gives a buffer another shape. */
function bytesMoved(inputs: readonly TensorInfo[], outputs: readonly TensorInfo[]): number {
  const buffers = new Map([...inputs, ...outputs].map((tensor) => [tensor.dataId, bytesOf(tensor)]));
  const [read, written] = [inputs, outputs].map((tensors) => new Set(tensors.map(({ dataId }) => dataId)));
  if (read!.size === buffers.size && written!.size === buffers.size) return 0;
  return [...buffers.values()].reduce((sum, bytes) => sum + bytes, 0);
}

const bytesOf = ({ shape, dtype }: TensorInfo): number =>
  dtype === "string" ? 0 : sizeOf(shape) * (dtype === "complex64" ? 8 : bytesPerElement(dtype));
