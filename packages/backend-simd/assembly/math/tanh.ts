import { fma } from "../fma";
import { exp4 } from "./exp";

const SIGN: i32 = 0x80000000;

/** The hyperbolic tangent in each lane, within 2 units in the last place. Source: Cephes tanhf, S. Moshier. */
@inline
export function tanh4(x: v128): v128 {
  const sign = v128.and(x, i32x4.splat(SIGN));
  const t = v128.andnot(x, i32x4.splat(SIGN));
  const e = exp4(f32x4.add(t, t));
  const far = f32x4.sub(f32x4.splat(1), f32x4.div(f32x4.splat(2), f32x4.add(e, f32x4.splat(1))));
  const z = f32x4.mul(x, x);
  let p = fma(f32x4.splat(-5.70498872745e-3), z, f32x4.splat(2.06390887954e-2));
  p = fma(p, z, f32x4.splat(-5.37397155531e-2));
  p = fma(p, z, f32x4.splat(1.33314422036e-1));
  p = fma(p, z, f32x4.splat(-3.33332819422e-1));
  const near = fma(f32x4.mul(p, z), x, x);
  return v128.bitselect(near, v128.or(far, sign), f32x4.lt(t, f32x4.splat(0.625)));
}

/** 1 / (1 + e⁻ˣ) in each lane; the exponential is of −|x|, so that nothing overflows and small results keep their digits. */
@inline
export function sigmoid4(x: v128): v128 {
  const one = f32x4.splat(1);
  const e = exp4(v128.or(x, i32x4.splat(SIGN)));
  const above = f32x4.ge(x, f32x4.splat(0));
  return f32x4.div(v128.bitselect(one, e, above), f32x4.add(one, e));
}
