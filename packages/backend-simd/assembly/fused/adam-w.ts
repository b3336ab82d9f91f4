import { fma, fnma } from "../fma";
import { loadSome, storeSome } from "../lanes";

/** A row of the table. */
@unmanaged
class Parameter {
  value: usize; gradient: usize; m: usize; v: usize; newValue: usize; newM: usize; newV: usize;
  firstBlock: u32; length: u32;
  decay: f32;
}

const ROW: usize = offsetof<Parameter>();

/**
 * One AdamW step of `count` (at least 1) parameters: `g = gradient·gradientScale`, `m′ = β₁m + (1−β₁)g`,
 * `v′ = β₂v + (1−β₂)g²`, `p′ = p·decay − learningRate·(m′/correction1)/(√(v′/correction2) + ε)`.
 *
 * A block is `block` elements of one parameter, its last one perhaps fewer; blocks are counted over all parameters.
 * Range: blocks.
 *
 * @param table - for each parameter ten words: the addresses of p, g, m, v, p′, m′, v′ (which may be those of p, m, v),
 *   its first block, its length, and as float32 its decay, `1 − learningRate·weightDecay`.
 */
export function adamW(
  table: usize, count: u32, block: u32, learningRate: f32, beta1: f32, beta2: f32, epsilon: f32,
  correction1: f32, correction2: f32, gradientScale: f32, start: u32, end: u32,
): void {
  const rate = f32x4.splat(learningRate), b1 = f32x4.splat(beta1), b2 = f32x4.splat(beta2), e = f32x4.splat(epsilon);
  const c1 = f32x4.splat(correction1), c2 = f32x4.splat(correction2), by = f32x4.splat(gradientScale);
  const rest1 = f32x4.sub(f32x4.splat(1), b1), rest2 = f32x4.sub(f32x4.splat(1), b2);
  const last = table + ROW * ((count - 1) as usize);
  for (let row = table; start < end; start++) {
    while (row < last && changetype<Parameter>(row + ROW).firstBlock <= start) row += ROW;
    const p = changetype<Parameter>(row);
    const from = (start - p.firstBlock) * block;
    const to = min(from + block, p.length);
    const keep = f32x4.splat(p.decay);
    const value = p.value, gradient = p.gradient, m = p.m, v = p.v, newValue = p.newValue, newM = p.newM, newV = p.newV;
    for (let i = from; i < to; i += 4) {
      const at = 4 * (i as usize), width = min(4, to - i);
      const g = f32x4.mul(loadSome(gradient + at, width), by);
      const first = fma(b1, loadSome(m + at, width), f32x4.mul(rest1, g));
      const second = fma(b2, loadSome(v + at, width), f32x4.mul(rest2, f32x4.mul(g, g)));
      const deviation = f32x4.add(f32x4.sqrt(f32x4.div(second, c2)), e);
      const direction = f32x4.div(f32x4.div(first, c1), deviation);
      storeSome(newValue + at, width, fnma(rate, direction, f32x4.mul(loadSome(value + at, width), keep)));
      storeSome(newM + at, width, first);
      storeSome(newV + at, width, second);
    }
  }
}
