import { backend_util, type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { Output, SimdBackend } from "../backend/simd-backend.ts";
import { reduceCodes } from "../wasm/codes.ts";
import { type AcceleratedKernel, accelerate, type KernelInput } from "./accelerated-kernel.ts";
import { columnSums, sumRows } from "./column-sums.ts";

/** Axes `[outer, middle, inner]`, the middle one to be reduced. */
interface Run {
  readonly outer: number;
  readonly middle: number;
  readonly inner: number;
}

const reduction = (kernelName: string, code: number): AcceleratedKernel =>
  accelerate(kernelName, { x: "float32" }, (backend, { x }, attributes) => {
    if (x.data.length === 0) return undefined;
    const given = (attributes.axis ?? attributes.reductionIndices) as number | number[];
    const axes = util.parseAxisParam(given, x.shape);
    const [kept] = backend_util.computeOutAndReduceShapes(x.shape, axes);
    const shape = attributes.keepDims ? backend_util.expandShapeToKeepDim(kept, axes) : kept;
    return reduceRuns(backend, code, x, { runs: runsOf(x.shape, axes), shape });
  });

// Runs of neighbouring reduced axes, last first: each is one call of the kernel on what the one before left.
function runsOf(shape: readonly number[], axes: readonly number[]): Run[] {
  const runs: Run[] = [];
  let inner = 1;
  let axis = shape.length - 1;
  while (axis >= 0) {
    for (; axis >= 0 && !axes.includes(axis); axis--) inner *= shape[axis]!;
    let middle = 1;
    for (; axis >= 0 && axes.includes(axis); axis--) middle *= shape[axis]!;
    if (middle === 1) continue;
    runs.push({ outer: shape.slice(0, axis + 1).reduce((product, size) => product * size, 1), middle, inner });
  }
  return runs;
}

function reduceRuns(
  backend: SimdBackend,
  code: number,
  { tensor, data: { address } }: KernelInput,
  { runs, shape }: { readonly runs: readonly Run[]; readonly shape: number[] },
): TensorInfo {
  if (runs.length === 0) return backend.share(tensor, shape);
  const [{ outer: before, middle: rows, inner: columns }] = runs as [Run];
  if (code === reduceCodes.Sum && runs.length === 1 && before === 1 && columns > 1) {
    return { ...columnSums(backend, { x: address, rows, columns }), shape };
  }
  let from = address;
  let intermediate: Output | undefined;
  let y: Output | undefined;
  runs.forEach(({ outer, middle, inner }, index) => {
    y = backend.allocate(index === runs.length - 1 ? shape : [outer, inner], "float32");
    if (inner === 1 || code === reduceCodes.Max || code === reduceCodes.Min)
      backend.run("reduce", outer * inner, code, from, y.address, middle, inner, middle);
    else {
      const terms = code === reduceCodes.Mean ? middle : undefined;
      sumRows(backend, { x: from, matrices: outer, rows: middle, columns: inner, to: y.address, terms });
    }
    if (intermediate) backend.disposeIntermediateTensorInfo(intermediate);
    intermediate = y;
    from = y.address;
  });
  return y as Output;
}

const argMax = accelerate("ArgMax", { x: "float32" }, (backend, { x: { shape, data } }, { axis }) => {
  const last = shape.length - 1;
  if (data.length === 0 || last < 0 || util.parseAxisParam(axis as number, shape)[0] !== last) return undefined;
  const y = backend.allocate(shape.slice(0, -1), "int32");
  const columns = shape[last]!;
  backend.run("argMax", data.length / columns, data.address, y.address, columns);
  return y;
});

export const reduceKernels: readonly AcceleratedKernel[] = [
  ...Object.entries(reduceCodes).map(([name, code]) => reduction(name, code)),
  argMax,
];
