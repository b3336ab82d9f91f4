import { choose, fma } from "../fma";
import { constant, ONE, SIGN } from "./constant";
import { exp4 } from "./exp";

const POLYNOMIAL = memory.data<f32>([
  -5.70498872745e-3, 2.06390887954e-2, -5.37397155531e-2, 1.33314422036e-1, -3.33332819422e-1,
]);
/** Where the polynomial gives way to the exponential form. */
const NEAR = memory.data<f32>([0.625]);
const TWO = memory.data<f32>([2]);

/** The hyperbolic tangent in each lane, within 2 units in the last place. Source: Cephes tanhf, S. Moshier. */
@inline
export function tanh4(x: v128): v128 {
  const t = f32x4.abs(x);
  const e = exp4(f32x4.add(t, t));
  const far = f32x4.sub(constant(ONE), f32x4.div(constant(TWO), f32x4.add(e, constant(ONE))));
  const z = f32x4.mul(x, x);
  let p = fma(constant(POLYNOMIAL, 0), z, constant(POLYNOMIAL, 1));
  p = fma(p, z, constant(POLYNOMIAL, 2));
  p = fma(p, z, constant(POLYNOMIAL, 3));
  p = fma(p, z, constant(POLYNOMIAL, 4));
  const near = fma(f32x4.mul(p, z), x, x);
  return choose(near, v128.or(far, v128.and(x, constant(SIGN))), f32x4.lt(t, constant(NEAR)));
}

/** 1 / (1 + e⁻ˣ) in each lane; the exponential is of −|x|, so that nothing overflows and small results keep their digits. */
@inline
export function sigmoid4(x: v128): v128 {
  const e = exp4(v128.or(x, constant(SIGN)));
  const above = f32x4.ge(x, f32x4.splat(0));
  return f32x4.div(choose(constant(ONE), e, above), f32x4.add(constant(ONE), e));
}
