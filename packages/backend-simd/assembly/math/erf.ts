import { choose, fma } from "../fma";
import { constant, ONE, SIGN } from "./constant";
import { exp4 } from "./exp";

/** Where the polynomial for small arguments gives way to the exponential form. */
const NEAR = memory.data<f32>([0.927734375]);
/** Beyond this erf is 1 in float32, and an infinite power would be NaN. */
const ERF_END = memory.data<f32>([4]);
const NEAR_POLYNOMIAL = memory.data<f32>([
  -5.96761703e-4, 4.99119423e-3, -2.67681349e-2, 1.12819925e-1, -3.76125336e-1, 1.28379166e-1,
]);
const FAR_POLYNOMIAL = memory.data<f32>([
  -1.7285347e-5, 3.83197126e-4, -3.88396438e-3, 2.42546219e-2, -1.06777877e-1, -6.34846687e-1, -1.28717512e-1,
]);

/** (erf x − x)/x for |x| ≤ `NEAR`, of z = x². Source: N. Juffa, https://stackoverflow.com/a/35148199 */
@inline
function nearErf(z: v128): v128 {
  let p = fma(constant(NEAR_POLYNOMIAL, 0), z, constant(NEAR_POLYNOMIAL, 1));
  p = fma(p, z, constant(NEAR_POLYNOMIAL, 2));
  p = fma(p, z, constant(NEAR_POLYNOMIAL, 3));
  p = fma(p, z, constant(NEAR_POLYNOMIAL, 4));
  return fma(p, z, constant(NEAR_POLYNOMIAL, 5));
}

/** 1 − erf t for t ≥ `NEAR`, with z = t². Source: as above. */
@inline
function farErfc(t: v128, z: v128): v128 {
  const p = fma(constant(FAR_POLYNOMIAL, 0), t, constant(FAR_POLYNOMIAL, 1));
  const q = fma(constant(FAR_POLYNOMIAL, 2), t, constant(FAR_POLYNOMIAL, 3));
  let r = fma(p, z, q);
  r = fma(r, t, constant(FAR_POLYNOMIAL, 4));
  r = fma(r, t, constant(FAR_POLYNOMIAL, 5));
  r = fma(r, t, constant(FAR_POLYNOMIAL, 6));
  return exp4(f32x4.sub(f32x4.mul(r, t), t));
}

/** The error function in each lane, within 2 units in the last place. */
@inline
export function erf4(x: v128): v128 {
  const t = f32x4.pmin(f32x4.abs(x), constant(ERF_END));
  const z = f32x4.mul(t, t);
  const far = f32x4.sub(constant(ONE), farErfc(t, z));
  const signed = v128.or(far, v128.and(x, constant(SIGN)));
  return choose(fma(nearErf(z), x, x), signed, f32x4.le(t, constant(NEAR)));
}
