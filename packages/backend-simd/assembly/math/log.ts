import { choose, fma } from "../fma";
import { constant, ONE } from "./constant";

/** The smallest normal number, and 2²³, which makes a denormal one normal. */
const DENORMAL = memory.data<f32>([1.17549435e-38, 8388608]);
/** The bits of √½, and the 23 by which the exponent of what was denormal is too great. */
const INTEGERS = memory.data<i32>([0x3f3504f3, 23]);
const POLYNOMIAL = memory.data<f32>([
  7.0376836292e-2, -1.151461031e-1, 1.167699874e-1, -1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1,
  2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
]);
/** −½, and ln 2 in two parts. */
const TAIL = memory.data<f32>([-0.5, 0.693359375, -2.1219444e-4]);
const SPECIAL = memory.data<f32>([Infinity, NaN]);

/**
 * The natural logarithm in each lane, within 1.5 units in the last place; of 0 it is −∞, below NaN.
 *
 * x = 2ᵉ·(1 + f) with 1 + f between √½ and √2, a polynomial in f. Source: Cephes logf, S. Moshier.
 */
@inline
export function log4(x: v128): v128 {
  const tiny = f32x4.lt(x, constant(DENORMAL, 0));
  const normal = choose(f32x4.mul(x, constant(DENORMAL, 1)), x, tiny);
  const exponent = i32x4.shr_s(i32x4.sub(normal, constant(INTEGERS, 0)), 23);
  const f = f32x4.sub(i32x4.sub(normal, i32x4.shl(exponent, 23)), constant(ONE));
  const e = f32x4.convert_i32x4_s(i32x4.sub(exponent, v128.and(tiny, constant(INTEGERS, 1))));
  let p = fma(constant(POLYNOMIAL, 0), f, constant(POLYNOMIAL, 1));
  p = fma(p, f, constant(POLYNOMIAL, 2));
  p = fma(p, f, constant(POLYNOMIAL, 3));
  p = fma(p, f, constant(POLYNOMIAL, 4));
  p = fma(p, f, constant(POLYNOMIAL, 5));
  p = fma(p, f, constant(POLYNOMIAL, 6));
  p = fma(p, f, constant(POLYNOMIAL, 7));
  p = fma(p, f, constant(POLYNOMIAL, 8));
  const square = f32x4.mul(f, f);
  p = f32x4.mul(f32x4.mul(p, f), square);
  p = fma(e, constant(TAIL, 2), p);
  p = fma(square, constant(TAIL, 0), p);
  return special(x, fma(e, constant(TAIL, 1), f32x4.add(f, p)));
}

/** Replaces what the polynomial says of zero, negative numbers, infinity and NaN. */
@inline
function special(x: v128, finite: v128): v128 {
  const zero = f32x4.splat(0);
  const infinity = constant(SPECIAL, 0);
  // Infinity and NaN stay what they are.
  const y = choose(finite, x, f32x4.lt(x, infinity));
  const negative = choose(constant(SPECIAL, 1), y, f32x4.lt(x, zero));
  return choose(f32x4.neg(infinity), negative, f32x4.eq(x, zero));
}

/** The natural logarithm of one number, by the same code. */
@inline
export function log1(x: f32): f32 {
  return f32x4.extract_lane(log4(f32x4.splat(x)), 0);
}
