import { defineProgram } from "../../device/compute-program.ts";
import { attentionCode, backwardBuffers, backwardCode, byWidth, ROWS } from "./common.ts";
import { attentionNumbers } from "./problem.ts";

/**
 * `dKey = Σ dLogit · query · scale` and `dValue = Σ weight · dOutput` over the queries of all heads that see a key: a key an
 * invocation. Visits that do not reach the workgroup's keys are passed over.
 */
export const keyValueGradient = byWidth((width) =>
  defineProgram({
    name: `attention key and value gradient of width ${width}`,
    buffers: { ...backwardBuffers, d_key_value: "write f32" }, // [2, B, G, K, D]: of keys, then of values
    numbers: { ...attentionNumbers, elements: "u32" },
    lanes: ROWS,
    code: /* wgsl */ `${attentionCode(width)}${backwardCode}
var<private> d_key: array<f32, D>;
var<private> d_value: array<f32, D>;

fn take(m: Matrix, q: u32, k: u32) {
  let pair = pair_at(m, q, k);
  let from_query = query_place(m, q);
  for (var d = 0u; d < D; d++) {
    d_key[d] += pair.d_logit * numbers.scale * query[from_query + d];
    d_value[d] += pair.weight * d_output[from_query + d];
  }
}

fn take_block(m: Matrix, block: u32, first_key: u32, k: u32) {
  let first_query = block * numbers.block_queries;
  let rows = min(numbers.block_queries, numbers.queries - first_query);
  let visits = block_entry(m, block);
  for (var index = 0u; index < visits.y; index++) {
    let visit = visit_of(visits.x, index);
    if (visit.start >= first_key + ${ROWS}u || visit.start + visit.count <= first_key) {
      continue;
    }
    if (k < visit.start || k >= visit.start + visit.count) {
      continue;
    }
    for (var row = 0u; row < rows; row++) {
      if (sees(visit, row, k - visit.start)) {
        take(m, first_query + row, k);
      }
    }
  }
}

fn work(group: u32, lane: u32) {
  let key_blocks = (numbers.keys + ${ROWS - 1}u) / ${ROWS}u;
  let first_key = group % key_blocks * ${ROWS}u;
  let kv_head = group / key_blocks % numbers.kv_heads;
  let batch = group / key_blocks / numbers.kv_heads;
  let k = first_key + lane;
  if (k >= numbers.keys) {
    return;
  }
  let shared_by = numbers.heads / numbers.kv_heads;
  for (var head = kv_head * shared_by; head < (kv_head + 1u) * shared_by; head++) {
    for (var block = 0u; block < numbers.blocks; block++) {
      take_block(Matrix(batch, head), block, first_key, k);
    }
  }
  let at = key_place(Matrix(batch, kv_head * shared_by), k);
  for (var d = 0u; d < D; d++) {
    d_key_value[at + d] = d_key[d];
    d_key_value[numbers.elements + at + d] = d_value[d];
  }
}
`,
  }),
);
