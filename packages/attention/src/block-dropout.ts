import { dropoutFactor, type Tensor4D, tf } from "@trivium/tensor";
import type { AttentionDropout } from "./attention-kernel.ts";
import type { AttentionShape } from "./attention-shape.ts";
import { type Block, lengthOf } from "./bias-block.ts";

/**
 * The factors of one block under dropout: 0, or `1/(1 − rate)`. They are those that `dropout` of `@trivium/tensor` gives
 * the same places of the whole `[B, H, Q, K]`, so they can be made again in the backward pass.
 *
 * @returns `[B, H, block queries, block keys]`.
 */
export function blockDropout(
  { rate, seed }: AttentionDropout,
  shape: AttentionShape,
  { queries, keys }: Block,
): Tensor4D {
  const { B, H, Q, K } = shape;
  const factor = dropoutFactor(rate, seed | 0);
  const factors = new Float32Array(B * H * lengthOf(queries) * lengthOf(keys));
  let at = 0;
  for (let matrix = 0; matrix < B * H; matrix++) {
    for (let q = queries.start; q < queries.end; q++) {
      const row = (matrix * Q + q) * K;
      for (let k = keys.start; k < keys.end; k++) factors[at++] = factor(row + k);
    }
  }
  return tf.tensor4d(factors, [B, H, lengthOf(queries), lengthOf(keys)]);
}
