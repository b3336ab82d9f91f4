import { BLOCK, blocksOf } from "./blocks.ts";
import { accelerateFamily } from "./fused-family.ts";

/** The norms of all tensors in one job; the sums of their blocks are added up in float64, in order. */
export const squaredNormsKernels = accelerateFamily("squared-norms", {
  squaredNorms(backend, inputs) {
    const tensors = inputs.map(({ data }) => data);
    const { first, count } = blocksOf(tensors.map(({ length }) => length));
    const table = backend.allocate([tensors.length, 3], "int32");
    const rows = tensors.flatMap(({ address, length }, index) => [address, first[index]!, length]);
    (backend.data.get(table.dataId).values as Int32Array).set(rows);
    const sums = backend.allocate([count], "float32");
    backend.run("squaredNorms", count, table.address, tensors.length, BLOCK, sums.address);
    const parts = backend.data.get(sums.dataId).values as Float32Array;
    const norms = backend.allocate([tensors.length], "float32");
    const totals = first.map((begin, index) =>
      parts.subarray(begin, first[index + 1] ?? count).reduce((total, part) => total + part, 0),
    );
    (backend.data.get(norms.dataId).values as Float32Array).set(totals);
    for (const scratch of [table, sums]) backend.disposeIntermediateTensorInfo(scratch);
    return [norms];
  },
});
