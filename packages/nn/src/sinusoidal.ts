import type { PositionRows } from "@trivium/attention";
import { type Tensor3D, tf } from "@trivium/tensor";

/**
 * Fixed position embeddings: channel `2i` is `sin(position / 10000^(2i/M))`, channel `2i + 1` its cosine.
 *
 * @param positions - `[B or 1][L]`; padding (−1) is taken as 0.
 * @returns `[B or 1, L, M]`.
 * @source Vaswani et al. 2017, §3.5, https://arxiv.org/abs/1706.03762
 */
export function sinusoidalPositions(positions: PositionRows, width: number): Tensor3D {
  const length = positions[0]?.length ?? 0;
  const values = new Float32Array(positions.length * length * width);
  positions.flat().forEach((position, slot) => {
    for (let channel = 0; channel < width; channel++) {
      const angle = Math.max(0, position) / 10_000 ** ((2 * Math.floor(channel / 2)) / width);
      values[slot * width + channel] = channel % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
    }
  });
  return tf.tensor3d(values, [positions.length, length, width]);
}
