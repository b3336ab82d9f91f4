/** GELU in both forms, with their derivatives. Source: Hendrycks and Gimpel 2016, https://arxiv.org/abs/1606.08415 */
import { choose, fma, fnma } from "../fma";
import { constant, HALF, ONE } from "./constant";
import { tanh4 } from "./tanh";

/** √(2/π), 0.044715 and three times that. */
const TANH_FORM = memory.data<f32>([0.7978845608, 0.044715, 0.134145]);

/** x·Φ(x) = max(x, 0) − |x|·Φ(−|x|) in each lane, of `t` = |x| and the pieces that value and derivative share. */
@inline
export function geluValue4(x: v128, t: v128, density: v128, ratio: v128): v128 {
  return fnma(t, f32x4.mul(density, ratio), f32x4.pmax(x, f32x4.splat(0)));
}

/** Φ(x) + x·φ(x) in each lane: of −|x| it is φ·(Φ(−|x|)/φ − |x|), and 1 minus that of |x|. */
@inline
export function geluSlope4(x: v128, t: v128, density: v128, ratio: v128): v128 {
  const below = f32x4.mul(density, f32x4.sub(ratio, t));
  return choose(below, f32x4.sub(constant(ONE), below), f32x4.lt(x, f32x4.splat(0)));
}

/** tanh(√(2/π)·(x + 0.044715·x³)) in each lane, with z = x². */
@inline
export function geluTanh4(x: v128, z: v128): v128 {
  return tanh4(f32x4.mul(f32x4.mul(x, constant(TANH_FORM, 0)), fma(z, constant(TANH_FORM, 1), constant(ONE))));
}

/** The tanh form of GELU in each lane, of that tanh. */
@inline
export function geluTanhValue4(x: v128, tanh: v128): v128 {
  const half = f32x4.mul(x, constant(HALF));
  return fma(half, tanh, half);
}

/** The derivative of the tanh form in each lane. */
@inline
export function geluTanhSlope4(x: v128, z: v128, tanh: v128): v128 {
  const inner = f32x4.mul(fma(z, constant(TANH_FORM, 2), constant(ONE)), constant(TANH_FORM, 0));
  const bend = f32x4.mul(f32x4.mul(x, inner), f32x4.sub(constant(ONE), f32x4.mul(tanh, tanh)));
  return f32x4.mul(constant(HALF), f32x4.add(f32x4.add(constant(ONE), tanh), bend));
}
