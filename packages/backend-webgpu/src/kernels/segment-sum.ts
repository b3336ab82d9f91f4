import type { TensorInfo } from "@tensorflow/tfjs-core";
import { tf } from "@trivium/tensor";
import { defineProgram } from "../device/compute-program.ts";
import type { DeviceBackend } from "../device/device-backend.ts";
import { sizeOf } from "./fused-family.ts";
import { LANES, overLanes } from "./lanes.ts";

/**
 * Sums rows by segment, as the gradient of an embedding does: `sums[s, m] = Σ x[r, m]` over the rows of the segment. The
 * workgroup of a segment's first row sums all of its rows in their order; the workgroups of its other rows end.
 */
const segmentSum = defineProgram({
  name: "segment sum",
  buffers: {
    x: "read f32", // [R, M]
    ids: "read i32", // [R]
    sums: "write f32", // [segments, M], zeros before
  },
  numbers: { rows: "u32", columns: "u32", segments: "u32" },
  lanes: LANES,
  code: /* wgsl */ `${overLanes}
fn work(row: u32, lane: u32) {
  let id = ids[row];
  var earlier = 0.0;
  for (var other = lane; other < row; other += ${LANES}u) {
    earlier = max(earlier, select(0.0, 1.0, ids[other] == id));
  }
  let is_first = greatest_of_lanes(earlier, lane) == 0.0;
  if (!is_first || u32(id) >= numbers.segments) {
    return;
  }
  for (var other = row; other < numbers.rows; other++) {
    if (ids[other] != id) {
      continue;
    }
    for (var m = lane; m < numbers.columns; m += ${LANES}u) {
      sums[u32(id) * numbers.columns + m] += x[other * numbers.columns + m];
    }
  }
}
`,
});

/** tfjs's sum by segment has four programs and no order of its sums; it still takes what is not float32. */
export function segmentSumKernel(backendName: string): tf.KernelConfig {
  const kernelName = "UnsortedSegmentSum";
  const original = (tf.getKernel(kernelName, backendName) as tf.KernelConfig).kernelFunc;
  return {
    kernelName,
    backendName,
    kernelFunc(request) {
      const { x, segmentIds } = request.inputs as Record<"x" | "segmentIds", TensorInfo>;
      if (x.dtype !== "float32" || segmentIds.shape.length !== 1) return original(request);
      const { recorder } = request.backend as DeviceBackend;
      const { numSegments: segments } = request.attrs as { numSegments: number };
      const rest = x.shape.slice(1);
      const sums = recorder.allocate([segments, ...rest]);
      recorder.clear(sums);
      const [rows, columns] = [x.shape[0] as number, sizeOf(rest)];
      const buffers = { x, ids: segmentIds, sums };
      recorder.run(segmentSum, { buffers, numbers: { rows, columns, segments }, groups: columns === 0 ? 0 : rows });
      return sums;
    },
  };
}
