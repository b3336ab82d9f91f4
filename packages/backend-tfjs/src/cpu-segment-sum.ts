import type { MathBackendCPU } from "@tensorflow/tfjs-backend-cpu";
import { type KernelFunc, registerKernel, type TensorInfo, unregisterKernel, util } from "@tensorflow/tfjs-core";
import { segmentSums } from "./segment-sums.ts";

let registered = false;

/** Replaces tfjs's sum by segment, which multiplies every row by 0 or 1 for every segment: one NaN would be in all of them. */
export function registerSegmentSum(): void {
  if (registered) return;
  registered = true;
  unregisterKernel("UnsortedSegmentSum", "cpu");
  registerKernel({ kernelName: "UnsortedSegmentSum", backendName: "cpu", kernelFunc: unsortedSegmentSum });
}

const unsortedSegmentSum: KernelFunc = ({ inputs, attrs, backend }) => {
  const cpu = backend as unknown as MathBackendCPU;
  const { x, segmentIds } = inputs as { x: TensorInfo; segmentIds: TensorInfo };
  const { numSegments } = attrs as { numSegments: number };
  const shape = [numSegments, ...x.shape.slice(segmentIds.shape.length)];
  const valuesOf = ({ dataId }: TensorInfo) => cpu.data.get(dataId).values as Float32Array | Int32Array;
  const width = util.sizeFromShape(shape.slice(1));
  const sums = segmentSums({ rows: valuesOf(x), ids: valuesOf(segmentIds), width }, numSegments);
  return cpu.makeTensorInfo(shape, x.dtype, x.dtype === "int32" ? Int32Array.from(sums) : Float32Array.from(sums));
};
