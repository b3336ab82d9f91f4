import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import { type KernelFunc, type TensorInfo, util } from "@tensorflow/tfjs-core";

/** `output[s, …] = Σ rows[i, …] over the i with ids[i] = s`: the gradient of `gather`. Ids out of range are left out. */
export const unsortedSegmentSum: KernelFunc = ({ inputs, attrs, backend }) => {
  const wasm = backend as unknown as BackendWasm;
  const { x, segmentIds } = inputs as { x: TensorInfo; segmentIds: TensorInfo };
  const { numSegments } = attrs as { numSegments: number };
  const output = wasm.makeOutput([numSegments, ...x.shape.slice(segmentIds.shape.length)], x.dtype);
  const count = util.sizeFromShape(segmentIds.shape);
  const width = util.sizeFromShape(output.shape.slice(1));
  // Views after the allocation: it may have grown the memory, which detaches earlier ones.
  const sums = wasm.typedArrayFromHeap(output).fill(0);
  const rows = wasm.typedArrayFromHeap(x);
  const ids = wasm.typedArrayFromHeap(segmentIds);
  for (let row = 0; row < count; row++) {
    const segment = ids[row]!;
    if (segment < 0 || segment >= numSegments) continue;
    for (let column = 0; column < width; column++) {
      sums[segment * width + column]! += rows[row * width + column]!;
    }
  }
  return output;
};
