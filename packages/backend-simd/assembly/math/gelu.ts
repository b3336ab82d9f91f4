import { fma } from "../fma";
import { normalCdf4 } from "./erf";
import { exp4 } from "./exp";
import { tanh4 } from "./tanh";

/** √(2/π) and the cubic coefficient of the tanh form. Source: Hendrycks and Gimpel 2016, arXiv 1606.08415. */
const SLOPE: f32 = 0.7978845608;
const CUBIC: f32 = 0.044715;

/** x·Φ(x) in each lane. */
@inline
export function gelu4(x: v128): v128 {
  return f32x4.mul(x, normalCdf4(x));
}

/** Φ(x) + x·φ(x) in each lane. */
@inline
export function geluSlope4(x: v128): v128 {
  const density = f32x4.mul(exp4(f32x4.mul(f32x4.mul(x, x), f32x4.splat(-0.5))), f32x4.splat(0.3989422804));
  return fma(x, density, normalCdf4(x));
}

/** tanh(√(2/π)·(x + 0.044715·x³)) in each lane. */
@inline
function innerTanh(x: v128, z: v128): v128 {
  return tanh4(f32x4.mul(f32x4.mul(x, f32x4.splat(SLOPE)), fma(z, f32x4.splat(CUBIC), f32x4.splat(1))));
}

/** The tanh form of GELU in each lane. */
@inline
export function geluTanh4(x: v128): v128 {
  const half = f32x4.mul(x, f32x4.splat(0.5));
  return fma(half, innerTanh(x, f32x4.mul(x, x)), half);
}

/** The derivative of the tanh form in each lane. */
@inline
export function geluTanhSlope4(x: v128): v128 {
  const one = f32x4.splat(1);
  const half = f32x4.splat(0.5);
  const z = f32x4.mul(x, x);
  const t = innerTanh(x, z);
  const inner = f32x4.mul(fma(z, f32x4.splat(3 * CUBIC), one), f32x4.splat(SLOPE));
  const bend = f32x4.mul(f32x4.mul(x, inner), f32x4.sub(one, f32x4.mul(t, t)));
  return f32x4.mul(half, f32x4.add(f32x4.add(one, t), bend));
}
