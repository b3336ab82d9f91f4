import { defineProgram } from "../../device/compute-program.ts";
import { attentionCode, backwardBuffers, backwardCode, byWidth, ROWS } from "./common.ts";
import { attentionNumbers } from "./problem.ts";

/** The gradient of a dense bias, that of each logit: a query an invocation, which first clears its row. */
export const denseBiasGradient = byWidth((width) =>
  defineProgram({
    name: `attention dense bias gradient of width ${width}`,
    buffers: { ...backwardBuffers, d_bias: "write f32" }, // [B, H, Q, K]
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
  let row = statistics_place(m, q) * numbers.keys;
  for (var k = 0u; k < numbers.keys; k++) {
    d_bias[row + k] = 0.0;
  }
  let visits = block_entry(m, block);
  for (var index = 0u; index < visits.y; index++) {
    let visit = visit_of(visits.x, index);
    for (var i = 0u; i < visit.count; i++) {
      if (sees(visit, lane, i)) {
        d_bias[row + visit.start + i] = pair_at(m, q, visit.start + i).d_logit;
      }
    }
  }
}
`,
  }),
);

/** Keys of a tile of logits' gradients in a workgroup's memory, of which 16 KiB are granted. */
const TILE_KEYS = 32;

/**
 * The gradient of a bias by distance, over a block of queries by a workgroup. A tile of the gradients of logits is made
 * by an invocation for each query, and then summed by an invocation for every 64th distance, so that the sums have one
 * order.
 */
export const distanceBiasGradient = byWidth((width) =>
  defineProgram({
    name: `attention distance bias gradient of width ${width}`,
    buffers: { ...backwardBuffers, d_bias: "write f32" }, // [B, blocks, H, distances]
    numbers: attentionNumbers,
    lanes: ROWS,
    code: /* wgsl */ `${attentionCode(width)}${backwardCode}
var<workgroup> tile: array<f32, ${ROWS * TILE_KEYS}>; // [ROWS, TILE_KEYS]

fn fill_tile(m: Matrix, first_query: u32, rows: u32, visit: Visit, first: u32, row: u32) {
  for (var i = 0u; i < ${TILE_KEYS}u; i++) {
    var gradient = 0.0;
    let key_of_visit = first + i;
    if (row < rows && key_of_visit < visit.count) {
      if (sees(visit, row, key_of_visit)) {
        gradient = pair_at(m, first_query + row, visit.start + key_of_visit).d_logit;
      }
    }
    tile[row * ${TILE_KEYS}u + i] = gradient;
  }
}

fn add_tile(m: Matrix, first_query: u32, rows: u32, first_key: u32, count: u32, lane: u32, to: u32) {
  for (var row = 0u; row < rows; row++) {
    for (var i = 0u; i < count; i++) {
      let index = distance_index(m.batch, first_query + row, first_key + i);
      if (index % ${ROWS}u == lane) {
        d_bias[to + index] += tile[row * ${TILE_KEYS}u + i];
      }
    }
  }
}

fn work(group: u32, lane: u32) {
  let block = group % numbers.blocks;
  let m = matrix_of(group / numbers.blocks);
  let first_query = block * numbers.block_queries;
  let rows = min(numbers.block_queries, numbers.queries - first_query);
  let to = ((m.batch * numbers.blocks + block) * numbers.heads + m.head) * numbers.distances;
  for (var index = lane; index < numbers.distances; index += ${ROWS}u) {
    d_bias[to + index] = 0.0;
  }
  let visits = block_entry(m, block);
  for (var number = 0u; number < visits.y; number++) {
    let visit = visit_of(visits.x, number);
    for (var first = 0u; first < visit.count; first += ${TILE_KEYS}u) {
      fill_tile(m, first_query, rows, visit, first, lane);
      workgroupBarrier();
      add_tile(m, first_query, rows, visit.start + first, min(${TILE_KEYS}u, visit.count - first), lane, to);
      workgroupBarrier();
    }
  }
}
`,
  }),
);
