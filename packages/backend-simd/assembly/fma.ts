/** Whether this build has fused multiply-add. */
export const FUSED: bool = ASC_FEATURE_RELAXED_SIMD;

/** `a·b + c` in each lane: fused where the build has relaxed SIMD, else rounded twice. */
@inline
export function fma(a: v128, b: v128, c: v128): v128 {
  return FUSED ? f32x4.relaxed_madd(a, b, c) : f32x4.add(f32x4.mul(a, b), c);
}

/** `c − a·b` in each lane, fused as `fma` is. */
@inline
export function fnma(a: v128, b: v128, c: v128): v128 {
  return FUSED ? f32x4.relaxed_nmadd(a, b, c) : f32x4.sub(c, f32x4.mul(a, b));
}

/** `mask ? a : b` in each lane; a mask is all ones or all zeros. */
@inline
export function choose(a: v128, b: v128, mask: v128): v128 {
  return FUSED ? i32x4.relaxed_laneselect(a, b, mask) : v128.bitselect(a, b, mask);
}

/**
 * Adds products of signed bytes `a` with bytes `b` from 0 to 127, 4 in each lane: of these operands it is the same on every
 * processor. For builds with relaxed SIMD alone.
 */
@inline
export function dotBytes(a: v128, b: v128, sum: v128): v128 {
  return i32x4.relaxed_dot_i8x16_i7x16_add_s(a, b, sum);
}
