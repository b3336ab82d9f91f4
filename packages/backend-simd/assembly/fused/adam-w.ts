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

/** Elements `[start, end)` of one parameter. */
@inline
function update(
  parameter: usize, gradient: usize, m: usize, v: usize, newParameter: usize, newM: usize, newV: usize,
  rate: v128, b1: v128, b2: v128, e: v128, keep: v128, c1: v128, c2: v128, by: v128, start: u32, end: u32,
): void {
  for (; start < end; start += 4) {
    const at = 4 * (start as usize);
    const p = parameter + at, g = gradient + at, toP = newParameter + at, toM = newM + at, toV = newV + at;
    const rest = end - start;
    if (rest >= 4) step(p, g, m + at, v + at, toP, toM, toV, rate, b1, b2, e, keep, c1, c2, by, 4);
    else return step(p, g, m + at, v + at, toP, toM, toV, rate, b1, b2, e, keep, c1, c2, by, rest);
  }
}

/** Bytes of a row of the table: seven addresses, the first block, the length, and the decay. */
const ROW: usize = 40;

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
  const last = table + ROW * ((count - 1) as usize);
  for (let row = table; start < end; start++) {
    while (row < last && load<u32>(row + ROW, 28) <= start) row += ROW;
    const from = (start - load<u32>(row, 28)) * block;
    const to = min(from + block, load<u32>(row, 32));
    const keep = v128.load_splat<f32>(row, 36);
    update(
      load<u32>(row), load<u32>(row, 4), load<u32>(row, 8), load<u32>(row, 12), load<u32>(row, 16), load<u32>(row, 20),
      load<u32>(row, 24), rate, b1, b2, e, keep, c1, c2, by, from, to,
    );
  }
}
