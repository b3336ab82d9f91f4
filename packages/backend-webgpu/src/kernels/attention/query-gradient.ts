import { defineProgram } from "../../device/compute-program.ts";
import { attentionCode, backwardBuffers, backwardCode, byWidth, ROWS } from "./common.ts";
import { attentionNumbers } from "./problem.ts";

/** `dQuery = Σ dLogit · key · scale` over the keys that a query sees: a query an invocation. */
export const queryGradient = byWidth((width) =>
  defineProgram({
    name: `attention query gradient of width ${width}`,
    buffers: { ...backwardBuffers, d_query: "write f32" },
    numbers: attentionNumbers,
    lanes: ROWS,
    code: /* wgsl */ `${attentionCode(width)}${backwardCode}
fn work(group: u32, lane: u32) {
  let m = matrix_of(group / numbers.blocks);
  let block = group % numbers.blocks;
  let q = block * numbers.block_queries + lane;
  if (lane >= numbers.block_queries || q >= numbers.queries) {
    return;
  }
  var gradient: array<f32, D>;
  let visits = block_entry(m, block);
  for (var index = 0u; index < visits.y; index++) {
    let visit = visit_of(visits.x, index);
    for (var i = 0u; i < visit.count; i++) {
      if (!sees(visit, lane, i)) {
        continue;
      }
      let k = visit.start + i;
      let by = pair_at(m, q, k).d_logit * numbers.scale;
      let from_key = key_place(m, k);
      for (var d = 0u; d < D; d++) {
        gradient[d] += by * key[from_key + d];
      }
    }
  }
  let from_query = query_place(m, q);
  for (var d = 0u; d < D; d++) {
    d_query[from_query + d] = gradient[d];
  }
}
`,
  }),
);
