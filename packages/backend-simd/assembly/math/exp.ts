import { fma, fnma } from "../fma";
import { constant, ONE } from "./constant";

/** Outside these bounds the result is 0 or infinite. */
const BOUNDS = memory.data<f32>([-104, 89]);
/** 1/ln 2, and ln 2 in two parts, of which the product of the first with a small integer is exact. */
const LOG2 = memory.data<f32>([1.44269504, 0.693359375, -2.1219444e-4]);
const POLYNOMIAL = memory.data<f32>([
  1.98756915e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1,
]);
/** 1.5·2²³: added to a small number it rounds it to an integer, which then stands in the lowest bits. */
const ROUNDER = memory.data<f32>([12582912]);
const EXPONENT_BIAS = memory.data<i32>([127]);

/**
 * eˣ in each lane, within 1.5 units in the last place, denormal results included; NaN stays NaN.
 *
 * x = n·ln 2 + r with |r| ≤ ln 2 / 2, a polynomial for eʳ, then two multiplications by powers of two, since 2ⁿ alone
 * may lie outside float32. Source: Cephes expf, S. Moshier.
 */
@inline
export function exp4(x: v128): v128 {
  // `pmin` and `pmax` are one instruction each, and keep a NaN that comes first.
  const t = f32x4.pmin(f32x4.pmax(x, constant(BOUNDS, 0)), constant(BOUNDS, 1));
  const rounded = fma(t, constant(LOG2, 0), constant(ROUNDER));
  const p = f32x4.add(minusOne4(t, f32x4.sub(rounded, constant(ROUNDER))), constant(ONE));
  const exponent = i32x4.sub(rounded, constant(ROUNDER));
  const half = i32x4.shr_s(exponent, 1);
  return f32x4.mul(f32x4.mul(p, powerOfTwo(half)), powerOfTwo(i32x4.sub(exponent, half)));
}

/** eʳ − 1 in each lane, of r = t − n·ln 2. */
@inline
function minusOne4(t: v128, n: v128): v128 {
  const r = fnma(n, constant(LOG2, 2), fnma(n, constant(LOG2, 1), t));
  // In pairs: half as long to wait for as one step after the other.
  const z = f32x4.mul(r, r);
  const high = fma(constant(POLYNOMIAL, 0), r, constant(POLYNOMIAL, 1));
  const middle = fma(constant(POLYNOMIAL, 2), r, constant(POLYNOMIAL, 3));
  const low = fma(constant(POLYNOMIAL, 4), r, constant(POLYNOMIAL, 5));
  return fma(fma(fma(high, z, middle), z, low), z, r);
}

/** eᵗ − 1 in each lane, for t from 0 to 80: 2ⁿ·(eʳ − 1) + (2ⁿ − 1). */
@inline
export function expMinusOne4(t: v128): v128 {
  const rounded = fma(t, constant(LOG2, 0), constant(ROUNDER));
  const scale = i32x4.add(i32x4.shl(rounded, 23), constant(ONE));
  return fma(minusOne4(t, f32x4.sub(rounded, constant(ROUNDER))), scale, f32x4.sub(scale, constant(ONE)));
}

/** Below it the result is 0: the next power of two would be denormal. */
const LEAST = memory.data<f32>([-87]);
/** As `POLYNOMIAL`, one degree less: within 1.1e-8 of eʳ, at Chebyshev's nodes of (eʳ − 1 − r)/r². */
const SHORT_POLYNOMIAL = memory.data<f32>([1.39261840e-3, 8.36317893e-3, 4.16665561e-2, 1.66665763e-1, 0.5]);
/** As `ROUNDER`, and the bias of an exponent. */
const BIASED_ROUNDER = memory.data<f32>([12583039]);

/** As `exp4`, for x ≤ 88 (or NaN), and 0 below −87: what softmax needs, in two thirds of the instructions. */
@inline
export function expOfWeight4(x: v128): v128 {
  const t = f32x4.pmax(x, constant(LEAST));
  const rounded = fma(t, constant(LOG2, 0), constant(BIASED_ROUNDER));
  const n = f32x4.sub(rounded, constant(BIASED_ROUNDER));
  const r = fnma(n, constant(LOG2, 2), fnma(n, constant(LOG2, 1), t));
  let p = fma(constant(SHORT_POLYNOMIAL, 0), r, constant(SHORT_POLYNOMIAL, 1));
  p = fma(p, r, constant(SHORT_POLYNOMIAL, 2));
  p = fma(p, r, constant(SHORT_POLYNOMIAL, 3));
  p = fma(p, r, constant(SHORT_POLYNOMIAL, 4));
  p = f32x4.add(fma(p, f32x4.mul(r, r), r), constant(ONE));
  return v128.andnot(f32x4.mul(p, i32x4.shl(rounded, 23)), f32x4.lt(x, constant(LEAST)));
}

@inline
function powerOfTwo(exponent: v128): v128 {
  return i32x4.shl(i32x4.add(exponent, constant(EXPONENT_BIAS)), 23);
}
