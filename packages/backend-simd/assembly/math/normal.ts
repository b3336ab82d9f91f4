/**
 * The normal density φ and the ratio Φ(−t)/φ(t) of the tail above t to it: from one exponential both the normal
 * distribution function and its slope, with neither a case for small arguments nor a loss of digits in the tail.
 */
import { fma, fnma } from "../fma";
import { constant, ONE } from "./constant";

/** −½, −ln √(2π), and where the result is 0: 2⁻¹²⁷, which as a power of two has the bits of 0. */
const EXPONENT = memory.data<f32>([-0.5, -0.91893853, -88]);
/** 1/ln 2, and ln 2 in two parts. */
const LOG2 = memory.data<f32>([1.44269504, 0.693359375, -2.1219444e-4]);
const EXP_POLYNOMIAL = memory.data<f32>([
  1.98756915e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1,
]);
/** 1.5·2²³ + 127: as `ROUNDER` in `exp.ts`, and the lowest bits hold the exponent with its bias. */
const ROUNDER = memory.data<f32>([12583039]);
/** Minimax in q = 1/(1 + 0.3·t) for t ≤ 13.5: within 3e-7 relative, and 2e-8 where it counts, times φ. */
const SLOPE = memory.data<f32>([0.3]);
const MILLS_POLYNOMIAL = memory.data<f32>([
  0.0900654718, -0.395868421, 0.518812418, -0.134488016, 0.321401954, 0.250945538, 0.302569449, 0.299875796,
]);

/** φ(x) = exp(−x²/2)/√(2π) in each lane, as `exp4` computes it, but of what can neither overflow nor be denormal. */
@inline
export function density4(x: v128): v128 {
  const u = fma(f32x4.mul(x, constant(EXPONENT, 0)), x, constant(EXPONENT, 1));
  const t = f32x4.pmax(u, constant(EXPONENT, 2));
  const rounded = fma(t, constant(LOG2, 0), constant(ROUNDER));
  const n = f32x4.sub(rounded, constant(ROUNDER));
  const r = fnma(n, constant(LOG2, 2), fnma(n, constant(LOG2, 1), t));
  let p = fma(constant(EXP_POLYNOMIAL, 0), r, constant(EXP_POLYNOMIAL, 1));
  p = fma(p, r, constant(EXP_POLYNOMIAL, 2));
  p = fma(p, r, constant(EXP_POLYNOMIAL, 3));
  p = fma(p, r, constant(EXP_POLYNOMIAL, 4));
  p = fma(p, r, constant(EXP_POLYNOMIAL, 5));
  p = f32x4.add(fma(p, f32x4.mul(r, r), r), constant(ONE));
  return f32x4.mul(p, i32x4.shl(rounded, 23));
}

/** Φ(−t)/φ(t) in each lane, for t ≥ 0. Source: Mills 1926, https://doi.org/10.1093/biomet/18.3-4.395 */
@inline
export function millsRatio4(t: v128): v128 {
  const q = f32x4.div(constant(ONE), fma(t, constant(SLOPE), constant(ONE)));
  let p = fma(constant(MILLS_POLYNOMIAL, 0), q, constant(MILLS_POLYNOMIAL, 1));
  p = fma(p, q, constant(MILLS_POLYNOMIAL, 2));
  p = fma(p, q, constant(MILLS_POLYNOMIAL, 3));
  p = fma(p, q, constant(MILLS_POLYNOMIAL, 4));
  p = fma(p, q, constant(MILLS_POLYNOMIAL, 5));
  p = fma(p, q, constant(MILLS_POLYNOMIAL, 6));
  p = fma(p, q, constant(MILLS_POLYNOMIAL, 7));
  return f32x4.mul(p, q);
}
