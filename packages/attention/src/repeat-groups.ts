import { type Tensor3D, type Tensor4D, tf } from "@trivium/tensor";
import type { AttentionShape } from "./attention-shape.ts";

/** `[B, G, K, D]` → `[B, H, K, D]`: each group once for every query head that shares it. */
export function repeatGroups(grouped: Tensor4D, { B, H, G, K, D }: AttentionShape): Tensor4D {
  if (G === H) return grouped;
  const rows = tf.reshape(grouped, [B * G, 1, K * D]) as Tensor3D;
  return tf.reshape(tf.tile(rows, [1, H / G, 1]), [B, H, K, D]);
}
