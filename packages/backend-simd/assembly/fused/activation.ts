import { fma, fnma } from "../fma";
import { loadPart, storeSome } from "../lanes";
import { constant, ONE } from "../math/constant";
import { geluSlope4, geluTanh4, geluTanhSlope4, geluTanhValue4, geluValue4 } from "../math/gelu";
import { density4, millsRatio4 } from "../math/normal";
import { sigmoid4, tanh4 } from "../math/tanh";

/** 2²⁰ and −2²⁰: beyond them each activation is 0 or x to the last bit, and products of larger numbers could be ∞ · 0. */
const MOST = memory.data<f32>([1048576, -1048576]);

@inline
function atLeast(x: v128): v128 {
  return f32x4.pmax(x, constant(MOST, 1));
}

@inline
function atMost(x: v128): v128 {
  return f32x4.pmin(x, constant(MOST, 0));
}

/** Up to 4 elements; value and derivative share what is dear: the exponential, the polynomial, the tanh. */
@inline
function step(code: u32, x: v128, y: usize, slope: usize, isSloped: bool, width: u32): void {
  if (code == 0) {
    const t = atMost(f32x4.abs(x)), density = density4(x), ratio = millsRatio4(t);
    storeSome(y, width, geluValue4(x, t, density, ratio));
    if (isSloped) storeSome(slope, width, geluSlope4(x, t, density, ratio));
  } else if (code == 1) {
    const above = atLeast(x), within = atMost(above), z = f32x4.mul(within, within), tanh = geluTanh4(within, z);
    storeSome(y, width, geluTanhValue4(above, tanh));
    if (isSloped) storeSome(slope, width, geluTanhSlope4(within, z, tanh));
  } else if (code == 2) {
    const zero = f32x4.splat(0);
    storeSome(y, width, f32x4.pmax(x, zero));
    if (isSloped) storeSome(slope, width, v128.or(v128.and(f32x4.gt(x, zero), constant(ONE)), f32x4.ne(x, x)));
  } else if (code == 3) {
    const above = atLeast(x), sigmoid = sigmoid4(above);
    storeSome(y, width, f32x4.mul(above, sigmoid));
    const value = f32x4.mul(atMost(above), sigmoid);
    if (isSloped) storeSome(slope, width, fma(value, f32x4.sub(constant(ONE), sigmoid), sigmoid));
  } else {
    const value = tanh4(x);
    storeSome(y, width, value);
    if (isSloped) storeSome(slope, width, fnma(value, value, constant(ONE)));
  }
}

@inline
function run(code: u32, x: usize, y: usize, slope: usize, isSloped: bool, count: u32): void {
  const end = x + 4 * ((count & ~3) as usize);
  for (; x < end; x += 16, y += 16, slope += 16) step(code, v128.load(x), y, slope, isSloped, 4);
  const rest = count & 3;
  if (rest) step(code, loadPart(x, rest, f32x4.splat(0)), y, slope, isSloped, rest);
}

@inline
function runEither(code: u32, x: usize, y: usize, slope: usize, start: u32, end: u32): void {
  const at = 4 * (start as usize);
  if (slope) run(code, x + at, y + at, slope + at, true, end - start);
  else run(code, x + at, y + at, 0, false, end - start);
}

/**
 * `y[i] = f(x[i])` and, unless `slope` is offset 0, `slope[i] = f′(x[i])`, float32; `code` from `activationCodes`.
 * The outputs may be the input. Range: elements.
 */
export function activation(code: u32, x: usize, y: usize, slope: usize, start: u32, end: u32): void {
  if (start >= end) return;
  switch (code) {
    case 0: return runEither(0, x, y, slope, start, end);
    case 1: return runEither(1, x, y, slope, start, end);
    case 2: return runEither(2, x, y, slope, start, end);
    case 3: return runEither(3, x, y, slope, start, end);
    case 4: return runEither(4, x, y, slope, start, end);
    default: unreachable();
  }
}
