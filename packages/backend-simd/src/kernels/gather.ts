import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { AcceleratedKernel } from "./accelerated-kernel.ts";

/** Rows of a table; other axes and batch axes are left to the original. */
const gatherV2: AcceleratedKernel = {
  kernelName: "GatherV2",
  run(backend, inputs, attributes) {
    const [x, indices] = [inputs.x as TensorInfo, inputs.indices as TensorInfo];
    if (x.dtype !== "float32" && x.dtype !== "int32") return undefined;
    const table = backend.numbers(x, x.dtype);
    const ids = backend.numbers(indices, "int32");
    const axis = util.parseAxisParam(attributes.axis as number, x.shape)[0];
    if (table === undefined || ids === undefined || axis !== 0 || attributes.batchDims) return undefined;
    const rowShape = x.shape.slice(1);
    const columns = util.sizeFromShape(rowShape);
    const y = backend.allocate([...indices.shape, ...rowShape], x.dtype);
    const bad = backend.run("gatherRows", ids.length, table.address, ids.address, y.address, x.shape[0]!, columns);
    if (bad < 0) return y;
    // The original throws, naming the index.
    backend.disposeIntermediateTensorInfo(y);
    return undefined;
  },
};

const unsortedSegmentSum: AcceleratedKernel = {
  kernelName: "UnsortedSegmentSum",
  run(backend, inputs, attributes) {
    const [x, segmentIds] = [inputs.x as TensorInfo, inputs.segmentIds as TensorInfo];
    const data = backend.floats(x);
    const ids = backend.numbers(segmentIds, "int32");
    if (data === undefined || ids === undefined || segmentIds.shape.length !== 1 || x.shape[0] !== ids.length)
      return undefined;
    const segments = attributes.numSegments as number;
    const rowShape = x.shape.slice(1);
    const columns = util.sizeFromShape(rowShape);
    const y = backend.allocate([segments, ...rowShape], "float32");
    if (columns > 0) backend.run("segmentSum", segments, data.address, ids.address, y.address, ids.length, columns);
    return y;
  },
};

export const gatherKernels: readonly AcceleratedKernel[] = [gatherV2, unsortedSegmentSum];
