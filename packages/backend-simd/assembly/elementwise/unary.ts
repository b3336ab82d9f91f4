import { loadPart, storePart } from "../lanes";
import { erf4 } from "../math/erf";
import { exp4 } from "../math/exp";
import { log4 } from "../math/log";
import { sigmoid4, tanh4 } from "../math/tanh";

/** The operation of a code of `src/wasm/codes.ts`; a constant code leaves one branch of it after inlining. */
@inline
function apply(code: u32, x: v128): v128 {
  const zero = f32x4.splat(0);
  const one = f32x4.splat(1);
  if (code == 0) return f32x4.neg(x);
  if (code == 1) return f32x4.abs(x);
  if (code == 2) return exp4(x);
  if (code == 3) return log4(x);
  if (code == 4) return f32x4.sqrt(x);
  if (code == 5) return f32x4.div(one, f32x4.sqrt(x));
  if (code == 6) return f32x4.mul(x, x);
  if (code == 7) return f32x4.div(one, x);
  if (code == 8) return f32x4.pmax(x, zero);
  if (code == 9) return f32x4.pmin(f32x4.pmax(x, zero), f32x4.splat(6));
  if (code == 10) return tanh4(x);
  if (code == 11) return sigmoid4(x);
  if (code == 12) return erf4(x);
  if (code == 13) return f32x4.floor(x);
  if (code == 14) return f32x4.ceil(x);
  if (code == 15) return f32x4.nearest(x);
  if (code == 16) return sign4(x);
  return v128.bitselect(x, v128.and(f32x4.gt(x, zero), one), f32x4.ne(x, x));
}

/** 1, −1 or 0; of NaN 0, as tfjs has it. */
@inline
function sign4(x: v128): v128 {
  const above = v128.and(f32x4.gt(x, f32x4.splat(0)), f32x4.splat(1));
  return v128.or(above, v128.and(f32x4.lt(x, f32x4.splat(0)), f32x4.splat(-1)));
}

@inline
function run(code: u32, x: usize, y: usize, count: u32): void {
  const end = y + 4 * ((count & ~3) as usize);
  for (; y < end; x += 16, y += 16) v128.store(y, apply(code, v128.load(x)));
  const rest = count & 3;
  if (rest) storePart(y, rest, apply(code, loadPart(x, rest, f32x4.splat(1))));
}

/** `y[i] = f(x[i])`, float32; `code` from `unaryCodes`. Range: elements. */
export function unary(code: u32, x: usize, y: usize, start: u32, end: u32): void {
  if (start >= end) return;
  x += 4 * start;
  y += 4 * start;
  const count = end - start;
  switch (code) {
    case 0: return run(0, x, y, count);
    case 1: return run(1, x, y, count);
    case 2: return run(2, x, y, count);
    case 3: return run(3, x, y, count);
    case 4: return run(4, x, y, count);
    case 5: return run(5, x, y, count);
    case 6: return run(6, x, y, count);
    case 7: return run(7, x, y, count);
    case 8: return run(8, x, y, count);
    case 9: return run(9, x, y, count);
    case 10: return run(10, x, y, count);
    case 11: return run(11, x, y, count);
    case 12: return run(12, x, y, count);
    case 13: return run(13, x, y, count);
    case 14: return run(14, x, y, count);
    case 15: return run(15, x, y, count);
    case 16: return run(16, x, y, count);
    case 17: return run(17, x, y, count);
    default: unreachable();
  }
}

/** `y[i] = min(max(x[i], low), high)`, float32; NaN stays NaN. Range: elements. */
export function clip(x: usize, y: usize, low: f32, high: f32, start: u32, end: u32): void {
  if (start >= end) return;
  const least = f32x4.splat(low);
  const most = f32x4.splat(high);
  const stop = y + 4 * (end as usize);
  x += 4 * start;
  y += 4 * start;
  for (; y + 16 <= stop; x += 16, y += 16) v128.store(y, f32x4.pmin(f32x4.pmax(v128.load(x), least), most));
  for (; y < stop; x += 4, y += 4) store<f32>(y, min(max(load<f32>(x), low), high));
}

/** `y[i] = 1 − x[i]` over bools. Range: elements. */
export function logicalNot(x: usize, y: usize, start: u32, end: u32): void {
  for (; start < end; start++) store<u8>(y + start, load<u8>(x + start) ^ 1);
}
