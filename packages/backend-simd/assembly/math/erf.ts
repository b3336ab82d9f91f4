import { fma } from "../fma";
import { exp4 } from "./exp";

const SIGN: i32 = 0x80000000;
/** Where the polynomial for small arguments gives way to the exponential form. */
const NEAR: f32 = 0.927734375;

/** (erf x − x)/x for |x| ≤ `NEAR`, of z = x². Source: N. Juffa, https://stackoverflow.com/a/35148199 */
@inline
function nearErf(z: v128): v128 {
  let p = fma(f32x4.splat(-5.96761703e-4), z, f32x4.splat(4.99119423e-3));
  p = fma(p, z, f32x4.splat(-2.67681349e-2));
  p = fma(p, z, f32x4.splat(1.12819925e-1));
  p = fma(p, z, f32x4.splat(-3.76125336e-1));
  return fma(p, z, f32x4.splat(1.28379166e-1));
}

/** 1 − erf t for t ≥ `NEAR`. Source: as above. */
@inline
function farErfc(t: v128, z: v128): v128 {
  const p = fma(f32x4.splat(-1.72853470e-5), t, f32x4.splat(3.83197126e-4));
  const q = fma(f32x4.splat(-3.88396438e-3), t, f32x4.splat(2.42546219e-2));
  let r = fma(p, z, q);
  r = fma(r, t, f32x4.splat(-1.06777877e-1));
  r = fma(r, t, f32x4.splat(-6.34846687e-1));
  r = fma(r, t, f32x4.splat(-1.28717512e-1));
  return exp4(f32x4.sub(f32x4.mul(r, t), t));
}

/** The error function in each lane, within 2 units in the last place. */
@inline
export function erf4(x: v128): v128 {
  const z = f32x4.mul(x, x);
  // Above 4 the result is 1 in float32, and an infinite power would be NaN.
  const t = f32x4.min(v128.andnot(x, i32x4.splat(SIGN)), f32x4.splat(4));
  const far = f32x4.sub(f32x4.splat(1), farErfc(t, f32x4.mul(t, t)));
  const signed = v128.or(far, v128.and(x, i32x4.splat(SIGN)));
  return v128.bitselect(fma(nearErf(z), x, x), signed, f32x4.le(t, f32x4.splat(NEAR)));
}

/** The normal distribution function Φ(x) = (1 + erf(x/√2))/2 in each lane; its lower tail keeps its digits. */
@inline
export function normalCdf4(x: v128): v128 {
  const half = f32x4.splat(0.5);
  const s = f32x4.mul(x, f32x4.splat(0.70710678));
  // Beyond 10 the tail is below float32, and an infinite power would be NaN.
  const t = f32x4.min(v128.andnot(s, i32x4.splat(SIGN)), f32x4.splat(10));
  const z = f32x4.mul(t, t);
  const tail = f32x4.mul(half, farErfc(t, z));
  const far = v128.bitselect(tail, f32x4.sub(f32x4.splat(1), tail), f32x4.lt(x, f32x4.splat(0)));
  const near = fma(fma(nearErf(z), s, s), half, half);
  return v128.bitselect(near, far, f32x4.le(t, f32x4.splat(NEAR)));
}
