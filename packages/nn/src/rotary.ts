import type { PositionRows } from "@trivium/attention";
import { type Tensor4D, tf } from "@trivium/tensor";

/** The rotation of each position: cosines and sines `[B or 1, L, 1, D]`. */
export interface Rotation {
  readonly cosine: Tensor4D;
  readonly sine: Tensor4D;
}

/**
 * The angles `position · base^(−2i/D)`, each standing for channels `i` and `i + D/2`.
 *
 * @param positions - `[B or 1][L]`; padding (−1) is rotated like position 0, since nothing sees it.
 * @param headWidth - D, even.
 * @source Su et al. 2021, §3.2.2, https://arxiv.org/abs/2104.09864; the halves paired as Llama's checkpoints have them
 */
export function rotation(positions: PositionRows, headWidth: number, base: number): Rotation {
  const rows = positions.length;
  const length = positions[0]?.length ?? 0;
  const half = headWidth / 2;
  const cosine = new Float32Array(rows * length * headWidth);
  const sine = new Float32Array(cosine.length);
  positions.flat().forEach((position, slot) => {
    for (let channel = 0; channel < headWidth; channel++) {
      const angle = Math.max(0, position) * base ** ((-2 * (channel % half)) / headWidth);
      cosine[slot * headWidth + channel] = Math.cos(angle);
      // The first half of the rotated vector takes minus the second half of the original one.
      sine[slot * headWidth + channel] = channel < half ? -Math.sin(angle) : Math.sin(angle);
    }
  });
  const shape: [number, number, number, number] = [rows, length, 1, headWidth];
  return { cosine: tf.tensor4d(cosine, shape), sine: tf.tensor4d(sine, shape) };
}

/** Rotates queries or keys `[B, L, heads, D]` by their positions. */
export function rotate(x: Tensor4D, { cosine, sine }: Rotation): Tensor4D {
  const half = x.shape[3] / 2;
  const swapped = tf.concat([tf.slice(x, [0, 0, 0, half]), tf.slice(x, [0, 0, 0, 0], [-1, -1, -1, half])], 3);
  return tf.add(tf.mul(x, cosine), tf.mul(swapped, sine));
}
