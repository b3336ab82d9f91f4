import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import { type KernelFunc, type TensorInfo, util } from "@tensorflow/tfjs-core";
import { segmentSums } from "../segment-sums.ts";

/** `output[s, …] = Σ rows[i, …] over the i with ids[i] = s`: the gradient of `gather`. Ids out of range are left out. */
export const unsortedSegmentSum: KernelFunc = ({ inputs, attrs, backend }) => {
  const wasm = backend as unknown as BackendWasm;
  const { x, segmentIds } = inputs as { x: TensorInfo; segmentIds: TensorInfo };
  const { numSegments } = attrs as { numSegments: number };
  const output = wasm.makeOutput([numSegments, ...x.shape.slice(segmentIds.shape.length)], x.dtype);
  const width = util.sizeFromShape(output.shape.slice(1));
  // Views after the allocation: it may have grown the memory, which detaches earlier ones.
  const rows = wasm.typedArrayFromHeap(x);
  const ids = wasm.typedArrayFromHeap(segmentIds);
  wasm.typedArrayFromHeap(output).set(segmentSums({ rows, ids, width }, numSegments));
  return output;
};
