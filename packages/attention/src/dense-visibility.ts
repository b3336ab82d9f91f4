import { type DenseMask, type Mask, toDense } from "@trivium/masks";
import { type Tensor4D, tf } from "@trivium/tensor";
import type { AttentionShape } from "./attention-shape.ts";

/** The newest lowering of each mask: all layers of a step ask for the same one. */
const lowered = new WeakMap<Mask, DenseMask>();

/**
 * What a mask shows, as a tensor. The mask is lowered once for as long as its size stays the same, and uploaded on
 * each call, since the tensor belongs to the caller's scope.
 *
 * @returns bool, `[B or 1, H or 1, Q, K]`.
 */
export function denseVisibility(mask: Mask, { B, H, Q, K }: AttentionShape): Tensor4D {
  const known = lowered.get(mask);
  const fits = known !== undefined && known.shape[2] === Q && known.shape[3] === K;
  const dense = fits ? known : toDense(mask, { rows: B, heads: H, queries: Q, keys: K });
  if (!fits) lowered.set(mask, dense);
  return tf.tensor4d(dense.values, [...dense.shape], "bool");
}
