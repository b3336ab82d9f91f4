import { defineProgram } from "../device/compute-program.ts";
import { defineFamily, sizeOf } from "./fused-family.ts";
import { LANES, overLanes } from "./lanes.ts";

/** Elements whose squares a workgroup sums. */
const BLOCK = 64 * LANES;

/** `Σ x²` of a block by a workgroup. */
const blockSums = defineProgram({
  name: "squared norms of blocks",
  buffers: { x: "read f32", sums: "write f32" },
  numbers: { elements: "u32", first_block: "u32" },
  lanes: LANES,
  code: /* wgsl */ `${overLanes}
fn work(group: u32, lane: u32) {
  let end = min((group + 1u) * ${BLOCK}u, numbers.elements);
  var sum = 0.0;
  for (var at = group * ${BLOCK}u + lane; at < end; at += ${LANES}u) {
    sum += x[at] * x[at];
  }
  let total = sum_of_lanes(sum, lane);
  if (lane == 0u) {
    sums[numbers.first_block + group] = total;
  }
}
`,
});

/** The sum of a tensor's blocks by a workgroup. */
const blockTotals = defineProgram({
  name: "squared norms",
  buffers: {
    sums: "read f32",
    first_blocks: "read i32", // one more than there are tensors
    norms: "write f32",
  },
  numbers: {},
  lanes: LANES,
  code: /* wgsl */ `${overLanes}
fn work(tensor: u32, lane: u32) {
  let end = u32(first_blocks[tensor + 1u]);
  var sum = 0.0;
  for (var block = u32(first_blocks[tensor]) + lane; block < end; block += ${LANES}u) {
    sum += sums[block];
  }
  let total = sum_of_lanes(sum, lane);
  if (lane == 0u) {
    norms[tensor] = total;
  }
}
`,
});

/** The squared norms of any number of tensors, to be read at once: a program for each, and one for all. */
export const squaredNormsKernels = defineFamily("squared-norms", {
  squaredNorms(recorder, inputs) {
    const firstBlocks = new Int32Array(inputs.length + 1);
    inputs.forEach(({ shape }, index) => {
      firstBlocks[index + 1] = firstBlocks[index]! + Math.ceil(sizeOf(shape) / BLOCK);
    });
    const sums = recorder.allocate([Math.max(1, firstBlocks.at(-1)!)]);
    inputs.forEach((x, index) => {
      const [first, end] = [firstBlocks[index]!, firstBlocks[index + 1]!];
      const numbers = { elements: sizeOf(x.shape), first_block: first };
      recorder.run(blockSums, { buffers: { x, sums }, numbers, groups: end - first });
    });
    const table = recorder.upload(firstBlocks);
    const norms = recorder.allocate([inputs.length]);
    recorder.run(blockTotals, { buffers: { sums, first_blocks: table, norms }, numbers: {}, groups: inputs.length });
    recorder.release(sums, table);
    return [norms];
  },
});
