import { type Tensor, type Tensor3D, type Tensor4D, tf } from "@trivium/tensor";

/** `[B, L, heads·D]` → `[B, heads, L, D]`. */
export function splitHeads(x: Tensor, heads: number): Tensor4D {
  const [batch, length, width] = x.shape as [number, number, number];
  return tf.transpose(tf.reshape(x, [batch, length, heads, width / heads]), [0, 2, 1, 3]) as Tensor4D;
}

/** `[B, heads, L, D]` → `[B, L, heads·D]`. */
export function mergeHeads(x: Tensor4D): Tensor3D {
  const [batch, heads, length, headWidth] = x.shape;
  return tf.reshape(tf.transpose(x, [0, 2, 1, 3]), [batch, length, heads * headWidth]);
}
