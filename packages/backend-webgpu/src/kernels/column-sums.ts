import { defineProgram } from "../device/compute-program.ts";
import { LANES } from "./lanes.ts";

/**
 * Sums over the rows of a panel, an element an invocation: `sums[p, m] = Σ x[r, m]`. With a slope, of `dx = x · slope`,
 * which is written too.
 */
export const columnSums = defineProgram({
  name: "column sums",
  buffers: {
    x: "read f32", // [R, M]
    slope: "read f32", // [R, M]
    dx: "write f32", // [R, M]
    sums: "write f32", // [panels, M]
  },
  numbers: { rows: "u32", columns: "u32", height: "u32", elements: "u32", has_slope: "u32" },
  lanes: LANES,
  code: /* wgsl */ `
fn work(group: u32, lane: u32) {
  let at = group * ${LANES}u + lane;
  if (at >= numbers.elements) {
    return;
  }
  let column = at % numbers.columns;
  let first = at / numbers.columns * numbers.height;
  var sum = 0.0;
  for (var row = first; row < min(first + numbers.height, numbers.rows); row++) {
    let place = row * numbers.columns + column;
    var value = x[place];
    if (numbers.has_slope == 1u) {
      value *= slope[place];
      dx[place] = value;
    }
    sum += value;
  }
  sums[at] = sum;
}
`,
});
