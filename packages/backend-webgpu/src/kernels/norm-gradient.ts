import { defineProgram } from "../device/compute-program.ts";
import { LANES, overLanes } from "./lanes.ts";

/**
 * Gradient of a norm to its rows, a row by a workgroup. With `g = dy · gain` and `x̂ = (x − mean) · inverse`:
 * `dx = inverse · (g − mean(g) − x̂ · mean(g · x̂)) + dSum`, where `mean(g)` is left out without a mean of the rows.
 */
export const normGradient = defineProgram({
  name: "norm gradient",
  buffers: {
    dy: "read f32", // [R, M]
    x: "read f32", // [R, M]
    gain: "read f32", // [M]
    inverses: "read f32", // [R]
    means: "read f32", // [R]
    d_sum: "read f32", // [R, M]
    dx: "write f32", // [R, M]
  },
  numbers: { columns: "u32", has_mean: "u32", has_d_sum: "u32" },
  lanes: LANES,
  code: /* wgsl */ `${overLanes}
fn work(row: u32, lane: u32) {
  let start = row * numbers.columns;
  let width = f32(numbers.columns);
  let inverse = inverses[row];
  let mean = select(0.0, means[row], numbers.has_mean == 1u);
  var sum = 0.0;
  var product = 0.0;
  for (var m = lane; m < numbers.columns; m += ${LANES}u) {
    let g = dy[start + m] * gain[m];
    sum += g;
    product += g * (x[start + m] - mean) * inverse;
  }
  let mean_g = select(0.0, sum_of_lanes(sum, lane) / width, numbers.has_mean == 1u);
  let mean_product = sum_of_lanes(product, lane) / width;
  for (var m = lane; m < numbers.columns; m += ${LANES}u) {
    let hat = (x[start + m] - mean) * inverse;
    let gradient = inverse * (dy[start + m] * gain[m] - mean_g - hat * mean_product);
    dx[start + m] = gradient + select(0.0, d_sum[start + m], numbers.has_d_sum == 1u);
  }
}
`,
});

/** Gradients of a norm's gain and bias, `Σ dy · x̂` and `Σ dy` over the rows of a panel: an element of both an invocation. */
export const normParameterGradient = defineProgram({
  name: "norm parameter gradient",
  buffers: {
    dy: "read f32", // [R, M]
    x: "read f32", // [R, M]
    inverses: "read f32", // [R]
    means: "read f32", // [R]
    d_gain: "write f32", // [panels, M]
    d_bias: "write f32", // [panels, M]
  },
  numbers: { rows: "u32", columns: "u32", height: "u32", elements: "u32", has_mean: "u32" },
  lanes: LANES,
  code: /* wgsl */ `
fn work(group: u32, lane: u32) {
  let at = group * ${LANES}u + lane;
  if (at >= numbers.elements) {
    return;
  }
  let column = at % numbers.columns;
  let first = at / numbers.columns * numbers.height;
  var gain_sum = 0.0;
  var bias_sum = 0.0;
  for (var row = first; row < min(first + numbers.height, numbers.rows); row++) {
    let from_row = row * numbers.columns + column;
    let mean = select(0.0, means[row], numbers.has_mean == 1u);
    gain_sum += dy[from_row] * (x[from_row] - mean) * inverses[row];
    bias_sum += dy[from_row];
  }
  d_gain[at] = gain_sum;
  if (numbers.has_mean == 1u) {
    d_bias[at] = bias_sum;
  }
}
`,
});
