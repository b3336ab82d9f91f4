import { choose } from "../fma";
import { constant, ONE, SIGN } from "./constant";
import { exp4, expMinusOne4 } from "./exp";

/** From here on the result is 1 in float32. */
const FAR = memory.data<f32>([10]);
const TWO = memory.data<f32>([2]);

/**
 * The hyperbolic tangent in each lane, within 2 units in the last place: of m = e²ᵗ − 1 and t = |x| it is m / (m + 2),
 * which keeps the digits of what is small, and 1 − 2 / (m + 2), which keeps those of what is near 1.
 */
@inline
export function tanh4(x: v128): v128 {
  const t = f32x4.pmin(f32x4.abs(x), constant(FAR));
  const m = expMinusOne4(f32x4.add(t, t));
  const two = constant(TWO);
  const near = f32x4.lt(m, two);
  const quotient = f32x4.div(choose(m, two, near), f32x4.add(m, two));
  return v128.or(choose(quotient, f32x4.sub(constant(ONE), quotient), near), v128.and(x, constant(SIGN)));
}

/** 1 / (1 + e⁻ˣ) in each lane; the exponential is of −|x|, so that nothing overflows and small results keep their digits. */
@inline
export function sigmoid4(x: v128): v128 {
  const e = exp4(v128.or(x, constant(SIGN)));
  const above = f32x4.ge(x, f32x4.splat(0));
  return f32x4.div(choose(constant(ONE), e, above), f32x4.add(constant(ONE), e));
}
