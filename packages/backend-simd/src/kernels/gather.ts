import { util } from "@tensorflow/tfjs-core";
import type { Output, SimdBackend } from "../backend/simd-backend.ts";
import { type AcceleratedKernel, accelerate } from "./accelerated-kernel.ts";
import { sizeOf } from "./size-of.ts";

/** Rows of a table; other axes and batch axes are left to the original. */
const gatherV2 = accelerate("GatherV2", { x: "numeric", indices: "int32" }, (backend, { x, indices }, attributes) => {
  const axis = util.parseAxisParam(attributes.axis as number, x.shape)[0];
  if (x.data.dtype === "bool" || axis !== 0 || attributes.batchDims) return undefined;
  const [height, ...rowShape] = x.shape as [number, ...number[]];
  const y = backend.allocate([...indices.shape, ...rowShape], x.data.dtype);
  const places = [x.data.address, indices.data.address, y.address] as const;
  const bad = backend.run("gatherRows", indices.data.length, ...places, height, sizeOf(rowShape));
  if (bad < 0) return y;
  // The original throws, naming the index.
  backend.disposeIntermediateTensorInfo(y);
  return undefined;
});

const unsortedSegmentSum = accelerate(
  "UnsortedSegmentSum",
  { x: "float32", segmentIds: "int32" },
  (backend, { x, segmentIds }, attributes) => {
    const { address, length, values } = segmentIds.data;
    if (segmentIds.shape.length !== 1 || x.shape[0] !== length) return undefined;
    const rowShape = x.shape.slice(1);
    const columns = sizeOf(rowShape);
    const to = backend.allocate([attributes.numSegments as number, ...rowShape], "float32");
    const ids = { address, values: values as Int32Array };
    if (columns > 0) sumSegments(backend, { x: x.data.address, columns, ids, to });
    return to;
  },
);

/** Rows of one segment that are added up one after the other. */
const MOST_ROWS = 256;
/** Where a segment has more rows, they are added up in groups of this size, and the groups' sums likewise. */
const GROUP_ROWS = 64;

interface Segments {
  /** Address of `[ids, columns]`. */
  readonly x: number;
  readonly columns: number;
  readonly ids: { readonly address: number; readonly values: Int32Array };
  /** `[segments, …]`. */
  readonly to: Output;
}

function sumSegments(backend: SimdBackend, { x, columns, ids, to }: Segments, mostRows = MOST_ROWS): void {
  const [rows, segments] = [ids.values.length, to.shape[0]!];
  const grouped = groupsOf(ids.values, segments, mostRows);
  if (grouped === undefined) {
    backend.run("segmentSum", segments, x, ids.address, to.address, rows, columns);
    return;
  }
  const [groups, owners] = [written(backend, grouped.groups), written(backend, grouped.owners)];
  const sums = backend.allocate([grouped.owners.length, columns], "float32");
  backend.run("segmentSum", grouped.owners.length, x, groups.address, sums.address, rows, columns);
  const sumsOf = { address: owners.address, values: grouped.owners };
  sumSegments(backend, { x: sums.address, columns, ids: sumsOf, to }, GROUP_ROWS);
  for (const scratch of [groups, owners, sums]) backend.disposeIntermediateTensorInfo(scratch);
}

function written(backend: SimdBackend, values: Int32Array): Output {
  const output = backend.allocate([values.length], "int32");
  (backend.data.get(output.dataId).values as Int32Array).set(values);
  return output;
}

/** The group of each row, and the segment of each group, where a segment has more than so many rows. */
function groupsOf(ids: Int32Array, segments: number, mostRows: number) {
  const counts = new Int32Array(segments);
  let most = 0;
  for (const id of ids) if (id >= 0 && id < segments) most = Math.max(most, ++counts[id]!);
  if (most <= mostRows) return undefined;
  const last = new Int32Array(segments).fill(-1);
  const owners: number[] = [];
  counts.fill(0);
  const groups = ids.map((id) => {
    if (id < 0 || id >= segments) return -1;
    if (counts[id]!++ % GROUP_ROWS === 0) last[id] = owners.push(id) - 1;
    return last[id]!;
  });
  return { groups, owners: Int32Array.from(owners) };
}

export const gatherKernels: readonly AcceleratedKernel[] = [gatherV2, unsortedSegmentSum];
