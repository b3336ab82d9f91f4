/** The bias of a run of keys of one query, and its gradient. */
import { Cursor } from "./cursor";
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
function keyPositionsOf(c: Cursor, key: u32): usize {
  return c.keyPositions + c.batch * c.keyPositionsBatch + 4 * (key as usize);
}

/** The position of a query of the block. */
@inline
function queryPositionOf(c: Cursor, row: u32): i32 {
  return load<i32>(c.queryPositions + c.batch * c.queryPositionsBatch + 4 * ((c.first + row) as usize));
}

/** Where a value of a dense bias stands in its matrix. */
@inline
function densePlace(c: Cursor, row: u32, key: u32): usize {
  return 4 * (((c.first + row) as usize) * c.keys + key);
}

/** `logits[k] = logits[k]·scale + bias` for `count` keys from `key` on, of a query of the block. */
export function addBias(c: Cursor, row: u32, key: u32, count: u32, logits: usize): void {
  const values = c.bias + c.batch * c.biasBatch + c.head * c.biasHead;
  if (c.biasKind == DENSE_BIAS) addDense(values + densePlace(c, row, key), logits, c.scale, count);
  else addByDistance(c, values, queryPositionOf(c, row), keyPositionsOf(c, key), count, logits);
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
export function addBiasGradient(c: Cursor, dBias: usize, row: u32, key: u32, count: u32, logits: usize): void {
  if (c.biasKind == DENSE_BIAS) {
    memory.copy(dBias + densePlace(c, row, key), logits, 4 * count);
    return;
  }
  const queryPosition = queryPositionOf(c, row);
  const positions = keyPositionsOf(c, key);
  let k: u32 = 0;
  while (k < count) {
    const to = atDistance(c, dBias, queryPosition, load<i32>(positions + 4 * k));
    if (k + 4 <= count && isRun(v128.load(positions + 4 * k))) {
      v128.store(to, f32x4.add(v128.load(to), v128.load(logits + 4 * k)));
      k += 4;
    } else {
      store<f32>(to, load<f32>(to) + load<f32>(logits + 4 * k));
      k++;
    }
  }
}
