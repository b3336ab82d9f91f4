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
