import { fma, fnma } from "../fma";
import { loadSome, storeSome } from "../lanes";

/** Up to 4 parameters. */
@inline
function step(
  p: usize, g: usize, m: usize, v: usize, toP: usize, toM: usize, toV: usize, learningRate: v128, beta1: v128, beta2: v128,
  epsilon: v128, decay: v128, correction1: v128, correction2: v128, gradientScale: v128, width: u32,
): void {
  const one = f32x4.splat(1);
  const gradient = f32x4.mul(loadSome(g, width), gradientScale);
  const first = fma(beta1, loadSome(m, width), f32x4.mul(f32x4.sub(one, beta1), gradient));
  const square = f32x4.mul(f32x4.sub(one, beta2), f32x4.mul(gradient, gradient));
  const second = fma(beta2, loadSome(v, width), square);
  const deviation = f32x4.add(f32x4.sqrt(f32x4.div(second, correction2)), epsilon);
  const direction = f32x4.div(f32x4.div(first, correction1), deviation);
  storeSome(toP, width, fnma(learningRate, direction, f32x4.mul(loadSome(p, width), decay)));
  storeSome(toM, width, first);
  storeSome(toV, width, second);
}

export function adamW(
  parameter: usize, gradient: usize, m: usize, v: usize, newParameter: usize, newM: usize, newV: usize,
  learningRate: f32, beta1: f32, beta2: f32, epsilon: f32, decay: f32, correction1: f32, correction2: f32,
  gradientScale: f32, start: u32, end: u32,
): void {
  if (start >= end) return;
  const rate = f32x4.splat(learningRate), b1 = f32x4.splat(beta1), b2 = f32x4.splat(beta2), e = f32x4.splat(epsilon);
  const keep = f32x4.splat(decay), c1 = f32x4.splat(correction1), c2 = f32x4.splat(correction2);
  const by = f32x4.splat(gradientScale);
  for (; start < end; start += 4) {
    const at = 4 * (start as usize);
    const p = parameter + at, g = gradient + at, toP = newParameter + at, toM = newM + at, toV = newV + at;
    const rest = end - start;
    if (rest >= 4) step(p, g, m + at, v + at, toP, toM, toV, rate, b1, b2, e, keep, c1, c2, by, 4);
    else return step(p, g, m + at, v + at, toP, toM, toV, rate, b1, b2, e, keep, c1, c2, by, rest);
  }
}
