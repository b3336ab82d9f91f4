import { fma } from "../fma";

/**
 * The natural logarithm in each lane, within 1.5 units in the last place; of 0 it is −∞, below NaN.
 *
 * x = 2ᵉ·(1 + f) with 1 + f between √½ and √2, a polynomial in f. Source: Cephes logf, S. Moshier.
 */
@inline
export function log4(x: v128): v128 {
  const tiny = f32x4.lt(x, f32x4.splat(1.17549435e-38));
  const normal = v128.bitselect(f32x4.mul(x, f32x4.splat(8388608)), x, tiny);
  const exponent = i32x4.shr_s(i32x4.sub(normal, i32x4.splat(0x3f3504f3)), 23);
  const f = f32x4.sub(i32x4.sub(normal, i32x4.shl(exponent, 23)), f32x4.splat(1));
  const e = f32x4.convert_i32x4_s(i32x4.sub(exponent, v128.and(tiny, i32x4.splat(23))));
  let p = fma(f32x4.splat(7.0376836292e-2), f, f32x4.splat(-1.1514610310e-1));
  p = fma(p, f, f32x4.splat(1.1676998740e-1));
  p = fma(p, f, f32x4.splat(-1.2420140846e-1));
  p = fma(p, f, f32x4.splat(1.4249322787e-1));
  p = fma(p, f, f32x4.splat(-1.6668057665e-1));
  p = fma(p, f, f32x4.splat(2.0000714765e-1));
  p = fma(p, f, f32x4.splat(-2.4999993993e-1));
  p = fma(p, f, f32x4.splat(3.3333331174e-1));
  const square = f32x4.mul(f, f);
  p = f32x4.mul(f32x4.mul(p, f), square);
  p = fma(e, f32x4.splat(-2.12194440e-4), p);
  p = fma(square, f32x4.splat(-0.5), p);
  const finite = fma(e, f32x4.splat(0.693359375), f32x4.add(f, p));
  return special(x, finite);
}

/** Replaces what the polynomial says of zero, negative numbers, infinity and NaN. */
@inline
function special(x: v128, finite: v128): v128 {
  const infinity = f32x4.splat(f32.POSITIVE_INFINITY);
  // Infinity and NaN stay what they are.
  const y = v128.bitselect(finite, x, f32x4.lt(x, infinity));
  const negative = v128.bitselect(f32x4.splat(NaN), y, f32x4.lt(x, f32x4.splat(0)));
  return v128.bitselect(f32x4.neg(infinity), negative, f32x4.eq(x, f32x4.splat(0)));
}

/** The natural logarithm of one number, by the same code. */
@inline
export function log1(x: f32): f32 {
  return f32x4.extract_lane(log4(f32x4.splat(x)), 0);
}
