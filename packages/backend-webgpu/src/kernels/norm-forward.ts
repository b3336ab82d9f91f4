import { defineProgram } from "../device/compute-program.ts";
import { LANES, overLanes } from "./lanes.ts";

/**
 * Normalises a row by a workgroup: with a bias `(s − mean) · inverse · gain + bias`, else `s · inverse · gain`, where `s` is
 * `x`, or `x + branch`, which is written to `sums`. Rows keep `inverse = 1/√(variance + ε)` and their mean.
 *
 * @source Ba et al. 2016, https://arxiv.org/abs/1607.06450; Zhang and Sennrich 2019, https://arxiv.org/abs/1910.07467
 */
export const normForward = defineProgram({
  name: "norm",
  buffers: {
    x: "read f32", // [R, M]
    branch: "read f32", // [R, M]
    gain: "read f32", // [M]
    bias: "read f32", // [M]
    y: "write f32", // [R, M]
    sums: "write f32", // [R, M]
    inverses: "write f32", // [R]
    means: "write f32", // [R]
  },
  numbers: { columns: "u32", epsilon: "f32", has_branch: "u32", has_bias: "u32" },
  lanes: LANES,
  code: /* wgsl */ `${overLanes}
fn element(at: u32) -> f32 {
  if (numbers.has_branch == 1u) {
    return x[at] + branch[at];
  }
  return x[at];
}

fn work(row: u32, lane: u32) {
  let start = row * numbers.columns;
  let width = f32(numbers.columns);
  var mean = 0.0;
  if (numbers.has_bias == 1u) {
    var sum = 0.0;
    for (var m = lane; m < numbers.columns; m += ${LANES}u) {
      sum += element(start + m);
    }
    mean = sum_of_lanes(sum, lane) / width;
  }
  var squares = 0.0;
  for (var m = lane; m < numbers.columns; m += ${LANES}u) {
    let centred = element(start + m) - mean;
    squares += centred * centred;
  }
  let inverse = inverseSqrt(sum_of_lanes(squares, lane) / width + numbers.epsilon);
  for (var m = lane; m < numbers.columns; m += ${LANES}u) {
    let value = element(start + m);
    if (numbers.has_branch == 1u) {
      sums[start + m] = value;
    }
    y[start + m] = (value - mean) * inverse * gain[m] + select(0.0, bias[m], numbers.has_bias == 1u);
  }
  if (lane == 0u) {
    inverses[row] = inverse;
    means[row] = mean;
  }
}
`,
});
