import { defineProgram } from "../../device/compute-program.ts";
import { LOWEST } from "../lanes.ts";
import { attentionCode, byWidth, ROWS } from "./common.ts";
import { attentionNumbers } from "./problem.ts";

/**
 * `softmax(q·kᵀ·scale + bias)·v` over the keys that a plan shows, and its log-sum-exp: a query an invocation, with a
 * running greatest logit and sum. A query that sees nothing has 0 for both.
 *
 * @source Milakov and Gimelshein 2018, https://arxiv.org/abs/1805.02867
 */
export const attentionForward = byWidth((width) =>
  defineProgram({
    name: `attention of width ${width}`,
    buffers: {
      query: "read f32", // [B, H, Q, D], or heads side by side
      key: "read f32", // [B, G, K, D]
      value: "read f32", // [B, G, K, D]
      words: "read i32",
      bias: "read f32",
      output: "write f32", // as query
      log_sum_exps: "write f32", // [B, H, Q]
    },
    numbers: attentionNumbers,
    lanes: ROWS,
    code: /* wgsl */ `${attentionCode(width)}
var<private> own_query: array<f32, D>;
var<private> mixed: array<f32, D>;
var<private> greatest: f32 = ${LOWEST};
var<private> sum: f32 = 0.0;

fn take(m: Matrix, q: u32, k: u32) {
  let from_key = key_place(m, k);
  var logit = bias_of(m, q, k);
  for (var d = 0u; d < D; d++) {
    logit += own_query[d] * key[from_key + d];
  }
  if (logit > greatest) {
    let rescale = select(0.0, exp(greatest - logit), sum > 0.0);
    sum *= rescale;
    for (var d = 0u; d < D; d++) {
      mixed[d] *= rescale;
    }
    greatest = logit;
  }
  let weight = exp(logit - greatest);
  sum += weight;
  let dropped = weight * dropout_factor(m, q, k);
  for (var d = 0u; d < D; d++) {
    mixed[d] += dropped * value[from_key + d];
  }
}

fn work(group: u32, lane: u32) {
  let m = matrix_of(group / numbers.blocks);
  let block = group % numbers.blocks;
  let q = block * numbers.block_queries + lane;
  if (lane >= numbers.block_queries || q >= numbers.queries) {
    return;
  }
  let from_query = query_place(m, q);
  for (var d = 0u; d < D; d++) {
    own_query[d] = query[from_query + d] * numbers.scale;
  }
  let visits = block_entry(m, block);
  for (var index = 0u; index < visits.y; index++) {
    let visit = visit_of(visits.x, index);
    for (var i = 0u; i < visit.count; i++) {
      if (sees(visit, lane, i)) {
        take(m, q, key_of(visit, i));
      }
    }
  }
  let seen = sum > 0.0;
  for (var d = 0u; d < D; d++) {
    output[from_query + d] = select(0.0, mixed[d] / sum, seen);
  }
  log_sum_exps[statistics_place(m, q)] = select(0.0, greatest + log(sum), seen);
}
`,
  }),
);
