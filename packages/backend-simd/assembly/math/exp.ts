import { fma, fnma } from "../fma";

/**
 * eˣ in each lane, within 1.5 units in the last place, denormal results included; NaN stays NaN.
 *
 * x = n·ln 2 + r with |r| ≤ ln 2 / 2, a polynomial for eʳ, then two multiplications by powers of two, since 2ⁿ alone
 * may lie outside float32. Source: Cephes expf, S. Moshier.
 */
@inline
export function exp4(x: v128): v128 {
  // Outside these bounds the result is 0 or infinite.
  const t = f32x4.min(f32x4.max(x, f32x4.splat(-104)), f32x4.splat(89));
  const n = f32x4.nearest(f32x4.mul(t, f32x4.splat(1.44269504)));
  const r = fnma(n, f32x4.splat(-2.12194440e-4), fnma(n, f32x4.splat(0.693359375), t));
  let p = fma(f32x4.splat(1.9875691500e-4), r, f32x4.splat(1.3981999507e-3));
  p = fma(p, r, f32x4.splat(8.3334519073e-3));
  p = fma(p, r, f32x4.splat(4.1665795894e-2));
  p = fma(p, r, f32x4.splat(1.6666665459e-1));
  p = fma(p, r, f32x4.splat(5.0000001201e-1));
  p = f32x4.add(fma(p, f32x4.mul(r, r), r), f32x4.splat(1));
  const exponent = i32x4.trunc_sat_f32x4_s(n);
  const half = i32x4.shr_s(exponent, 1);
  return f32x4.mul(f32x4.mul(p, powerOfTwo(half)), powerOfTwo(i32x4.sub(exponent, half)));
}

@inline
function powerOfTwo(exponent: v128): v128 {
  return i32x4.shl(i32x4.add(exponent, i32x4.splat(127)), 23);
}

/** eˣ of one number, by the same code. */
@inline
export function exp1(x: f32): f32 {
  return f32x4.extract_lane(exp4(f32x4.splat(x)), 0);
}
