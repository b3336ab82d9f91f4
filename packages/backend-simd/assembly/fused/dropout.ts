import { loadPart, storePart } from "../lanes";

/** The two-round multiply-xorshift of `dropoutHash` in `@trivium/tensor`, in each lane. */
@inline
function mix4(bits: v128): v128 {
  let word = i32x4.mul(v128.xor(bits, i32x4.shr_u(bits, 16)), i32x4.splat(0x21f0aaad));
  word = i32x4.mul(v128.xor(word, i32x4.shr_u(word, 15)), i32x4.splat(0x735a2d97));
  return v128.xor(word, i32x4.shr_u(word, 15));
}

@inline
function hash4(index: v128, seeds: v128): v128 {
  return mix4(v128.xor(mix4(i32x4.mul(index, i32x4.splat(0x9e3779b1))), seeds));
}

/** The seed as `keptLanes` takes it. */
@inline
export function seedLanes(seed: i32): v128 {
  return mix4(i32x4.splat(seed + 0x9e3779b1));
}

/** Which elements are kept, by their indices. */
@inline
export function keptLanes(indices: v128, seeds: v128, threshold: u32): v128 {
  // There is no unsigned comparison of 32-bit lanes: with the top bit flipped the signed one orders the same way.
  const flip = i32x4.splat(0x80000000);
  return i32x4.ge_s(v128.xor(hash4(indices, seeds), flip), v128.xor(i32x4.splat(threshold), flip));
}

/**
 * `y[i] = hash(seed, i) ≥ threshold ? x[i]·scale : 0`, unsigned; `threshold = ⌊rate·2³²⌋`, `scale = 1/(1 − rate)`.
 * The hash is `dropoutHash` of `@trivium/tensor`, bit for bit. Range: elements.
 */
export function dropout(
  x: usize, y: usize, seed: i32, threshold: u32, scale: f32, start: u32, end: u32,
): void {
  if (start >= end) return;
  const seeds = seedLanes(seed);
  const by = f32x4.splat(scale);
  let index = i32x4.add(i32x4.splat(start), i32x4(0, 1, 2, 3));
  for (; start + 4 <= end; start += 4) {
    const kept = keptLanes(index, seeds, threshold);
    v128.store(y + 4 * start, v128.and(f32x4.mul(v128.load(x + 4 * start), by), kept));
    index = i32x4.add(index, i32x4.splat(4));
  }
  const rest = end - start;
  if (!rest) return;
  const kept = keptLanes(index, seeds, threshold);
  storePart(y + 4 * start, rest, v128.and(f32x4.mul(loadPart(x + 4 * start, rest, by), by), kept));
}
