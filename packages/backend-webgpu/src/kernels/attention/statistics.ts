import { defineProgram } from "../../device/compute-program.ts";
import { attentionCode, byWidth, ROWS } from "./common.ts";
import { attentionNumbers } from "./problem.ts";

/**
 * The log-sum-exp of each query beside `Σ output · dOutput`, which is `Σ p · dp`: a query an invocation.
 *
 * @source Dao et al. 2022, appendix B, https://arxiv.org/abs/2205.14135
 */
export const attentionStatistics = byWidth((width) =>
  defineProgram({
    name: `attention statistics of width ${width}`,
    buffers: {
      output: "read f32", // [B, H, Q, D], or heads side by side
      d_output: "read f32", // as output
      log_sum_exps: "read f32", // [B, H, Q]
      words: "read i32",
      bias: "read f32",
      statistics: "write f32", // [B, H, Q, 2]
    },
    numbers: attentionNumbers,
    lanes: ROWS,
    code: /* wgsl */ `${attentionCode(width)}
fn work(group: u32, lane: u32) {
  let m = matrix_of(group / numbers.blocks);
  let q = group % numbers.blocks * numbers.block_queries + lane;
  if (lane >= numbers.block_queries || q >= numbers.queries) {
    return;
  }
  let from_query = query_place(m, q);
  var sum = 0.0;
  for (var d = 0u; d < D; d++) {
    sum += output[from_query + d] * d_output[from_query + d];
  }
  let at = statistics_place(m, q);
  statistics[2u * at] = log_sum_exps[at];
  statistics[2u * at + 1u] = sum;
}
`,
  }),
);
