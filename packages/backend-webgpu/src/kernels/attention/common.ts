import { UnsupportedError } from "@trivium/core";
import { dropoutBits } from "../dropout.ts";

/** Queries, or keys, of a workgroup: one an invocation. */
export const ROWS = 64;

/** The widest head: each invocation holds up to four rows of it, in the 8 KiB that WGSL grants. */
const MOST_WIDTH = 512;

/**
 * Keeps the program of each head width, which its code holds as a constant.
 *
 * @throws {UnsupportedError} the returned function: `webgpu/head-width`.
 */
export function byWidth<Program>(create: (width: number) => Program): (width: number) => Program {
  const made = new Map<number, Program>();
  return (width) => {
    if (width > MOST_WIDTH) {
      const message = `fused attention on webgpu-fused takes heads of at most ${MOST_WIDTH} channels, got ${width}; use more heads, or the attention kernel "blockwise"`;
      throw new UnsupportedError("webgpu/head-width", message, { details: { width, most: MOST_WIDTH } });
    }
    const program = made.get(width) ?? create(width);
    made.set(width, program);
    return program;
  };
}

/** WGSL that all programs of attention share: places, the plan of a mask, the bias and the dropout of a pair. */
export const attentionCode = (width: number): string => /* wgsl */ `${dropoutBits}
const D = ${width}u;

// A row of the batch and one of its heads.
struct Matrix {
  batch: u32,
  head: u32,
}

// At most 64 keys that a block of queries looks at: a run from the first one, or a list at −1 − start in the plan.
struct Visit {
  start: u32,
  count: u32,
  bits: u32,
}

fn matrix_of(index: u32) -> Matrix {
  return Matrix(index / numbers.heads, index % numbers.heads);
}

fn query_place(m: Matrix, q: u32) -> u32 {
  return m.batch * numbers.query_batch + m.head * numbers.query_head + q * numbers.query_row;
}

fn key_place(m: Matrix, k: u32) -> u32 {
  let kv_head = m.head / (numbers.heads / numbers.kv_heads);
  return m.batch * numbers.key_batch + kv_head * numbers.key_head + k * numbers.key_row;
}

fn statistics_place(m: Matrix, q: u32) -> u32 {
  return (m.batch * numbers.heads + m.head) * numbers.queries + q;
}

// The words of a block of the plan: the index of its first visit's words, and the number of visits.
fn block_entry(m: Matrix, block: u32) -> vec2u {
  let at = 2u * ((m.batch * numbers.mask_batch + m.head * numbers.mask_head) * numbers.blocks + block);
  return vec2u(u32(words[at]), u32(words[at + 1u]));
}

fn visit_of(first: u32, index: u32) -> Visit {
  let at = first + 3u * index;
  return Visit(u32(words[at]), u32(words[at + 1u]), u32(words[at + 2u]));
}

fn key_of(visit: Visit, index: u32) -> u32 {
  if ((visit.start >> 31u) == 1u) {
    return u32(words[~visit.start + index]);
  }
  return visit.start + index;
}

// Without bits every query of the block sees every key.
fn sees(visit: Visit, query_of_block: u32, key_of_visit: u32) -> bool {
  if (visit.bits == 0u) {
    return true;
  }
  let word = u32(words[visit.bits + 2u * query_of_block + (key_of_visit >> 5u)]);
  return ((word >> (key_of_visit & 31u)) & 1u) == 1u;
}

fn distance_index(batch: u32, q: u32, k: u32) -> u32 {
  let query_position = words[numbers.query_positions + batch * numbers.query_positions_batch + q];
  let key_position = words[numbers.key_positions + batch * numbers.key_positions_batch + k];
  return u32(key_position - query_position - numbers.least_distance);
}

fn bias_of(m: Matrix, q: u32, k: u32) -> f32 {
  switch (numbers.bias_kind) {
    case 1u: {
      return bias[m.batch * numbers.bias_batch + m.head * numbers.bias_head + q * numbers.keys + k];
    }
    case 2u: {
      return bias[m.head * numbers.bias_head + distance_index(m.batch, q, k)];
    }
    default: {
      return 0.0;
    }
  }
}

// The factor of a probability under dropout: 0, or 1/(1 − rate).
fn dropout_factor(m: Matrix, q: u32, k: u32) -> f32 {
  if (numbers.dropping == 0u) {
    return 1.0;
  }
  let index = statistics_place(m, q) * numbers.keys + k;
  return select(0.0, numbers.kept_scale, kept(u32(numbers.seed), index, numbers.threshold));
}
`;

/** The buffers that programs of the backward pass read. */
export const backwardBuffers = {
  query: "read f32", // [B, H, Q, D], or heads side by side
  key: "read f32", // [B, G, K, D]
  value: "read f32", // [B, G, K, D]
  words: "read i32",
  statistics: "read f32", // [B, H, Q, 2]: log-sum-exp, and Σ output · dOutput
  d_output: "read f32", // [B, H, Q, D]
  bias: "read f32",
} as const;

/** WGSL that the backward programs share: of a pair, the weight of its value, and the gradient of its logit. */
export const backwardCode = /* wgsl */ `
struct Pair {
  weight: f32,
  d_logit: f32,
}

fn pair_of(m: Matrix, q: u32, k: u32, product: f32, d_weight: f32) -> Pair {
  let at = 2u * statistics_place(m, q);
  let probability = exp(product * numbers.scale + bias_of(m, q, k) - statistics[at]);
  let factor = dropout_factor(m, q, k);
  return Pair(probability * factor, probability * (factor * d_weight - statistics[at + 1u]));
}

fn pair_at(m: Matrix, q: u32, k: u32) -> Pair {
  let from_query = query_place(m, q);
  let from_key = key_place(m, k);
  var product = 0.0;
  var d_weight = 0.0;
  for (var d = 0u; d < D; d++) {
    product += query[from_query + d] * key[from_key + d];
    d_weight += d_output[from_query + d] * value[from_key + d];
  }
  return pair_of(m, q, k, product, d_weight);
}
`;
