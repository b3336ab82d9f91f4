/** The bias of a run of keys of one query, and its gradient. */
import { DENSE_BIAS, Problem } from "./problem";

/** The value of the bias at one distance, for the head at `values`. */
@inline
function atDistance(p: Problem, values: usize, queryPosition: i32, keyPosition: i32): usize {
  return values + 4 * ((keyPosition - queryPosition - p.leastDistance) as usize);
}

@inline
function isRun(positions: v128): bool {
  const first = i32x4.splat(i32x4.extract_lane(positions, 0));
  return i32x4.all_true(i32x4.eq(positions, i32x4.add(first, i32x4(0, 1, 2, 3))));
}

@inline
function keyPositionsOf(p: Problem, batch: u32, key: u32): usize {
  return p.keyPositions + batch * p.keyPositionsBatch + 4 * (key as usize);
}

@inline
function queryPositionOf(p: Problem, batch: u32, query: u32): i32 {
  return load<i32>(p.queryPositions + batch * p.queryPositionsBatch + 4 * (query as usize));
}

/**
 * `row[k] = row[k]·scale + bias` for `count` keys from `key` on; `row` is that of the first of them.
 */
export function addBias(p: Problem, batch: u32, head: u32, query: u32, key: u32, count: u32, row: usize): void {
  const values = p.bias + batch * p.biasBatch + head * p.biasHead;
  if (p.biasKind == DENSE_BIAS) {
    addDense(values + 4 * (((query as usize) * p.keys + key) as usize), row, p.scale, count);
  } else {
    addByDistance(p, values, queryPositionOf(p, batch, query), keyPositionsOf(p, batch, key), count, row);
  }
}

function addDense(values: usize, row: usize, scale: f32, count: u32): void {
  const by = f32x4.splat(scale);
  let k: u32 = 0;
  for (; k + 4 <= count; k += 4) {
    v128.store(row + 4 * k, f32x4.add(f32x4.mul(v128.load(row + 4 * k), by), v128.load(values + 4 * k)));
  }
  for (; k < count; k++) store<f32>(row + 4 * k, load<f32>(row + 4 * k) * scale + load<f32>(values + 4 * k));
}

function addByDistance(p: Problem, values: usize, queryPosition: i32, positions: usize, count: u32, row: usize): void {
  const scale = p.scale;
  const by = f32x4.splat(scale);
  let k: u32 = 0;
  while (k < count) {
    if (k + 4 <= count && isRun(v128.load(positions + 4 * k))) {
      const from = atDistance(p, values, queryPosition, load<i32>(positions + 4 * k));
      v128.store(row + 4 * k, f32x4.add(f32x4.mul(v128.load(row + 4 * k), by), v128.load(from)));
      k += 4;
      continue;
    }
    const from = atDistance(p, values, queryPosition, load<i32>(positions + 4 * k));
    store<f32>(row + 4 * k, load<f32>(row + 4 * k) * scale + load<f32>(from));
    k++;
  }
}

/** Takes in the gradients of `count` logits of one query; those of hidden keys are 0. `dBias` is that of the head. */
export function addBiasGradient(
  p: Problem, dBias: usize, batch: u32, query: u32, key: u32, count: u32, row: usize,
): void {
  if (p.biasKind == DENSE_BIAS) {
    memory.copy(dBias + 4 * (((query as usize) * p.keys + key) as usize), row, 4 * count);
    return;
  }
  const queryPosition = queryPositionOf(p, batch, query);
  const positions = keyPositionsOf(p, batch, key);
  let k: u32 = 0;
  while (k < count) {
    const to = atDistance(p, dBias, queryPosition, load<i32>(positions + 4 * k));
    if (k + 4 <= count && isRun(v128.load(positions + 4 * k))) {
      v128.store(to, f32x4.add(v128.load(to), v128.load(row + 4 * k)));
      k += 4;
    } else {
      store<f32>(to, load<f32>(to) + load<f32>(row + 4 * k));
      k++;
    }
  }
}
