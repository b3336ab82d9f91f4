import type { PositionRows } from "@trivium/attention";
import { type Tensor3D, tf } from "@trivium/tensor";
import { type PositionScheme, placeOf } from "./position-scheme.ts";

/** The order of sines and cosines: alternating, or all sines before all cosines (Marian, T5X). */
export type SinusoidalLayout = "interleaved" | "halves";

/** Sinusoidal positions: fixed embeddings that are added to those of the tokens. */
export const sinusoidal = ({
  layout = "interleaved",
}: {
  layout?: SinusoidalLayout | undefined;
} = {}): PositionScheme => ({
  kind: "sinusoidal",
  embed: ({ positions, sizes }) => sinusoidalPositions(positions, sizes.width, layout),
});

/**
 * Fixed position embeddings: `sin(position / 10000^(2i/M))` and the cosine of the same, for each `i` below `M / 2`.
 *
 * @param positions - `[B or 1][L]`; padding (−1) is taken as 0.
 * @param layout - channels `2i` and `2i + 1`, or `i` and `i + M/2`. Default: `"interleaved"`.
 * @returns `[B or 1, L, M]`.
 * @source Vaswani et al. 2017, §3.5, https://arxiv.org/abs/1706.03762; halves: Junczys-Dowmunt et al. 2018 (Marian)
 */
export function sinusoidalPositions(
  positions: PositionRows,
  width: number,
  layout: SinusoidalLayout = "interleaved",
): Tensor3D {
  const length = positions[0]?.length ?? 0;
  const half = Math.ceil(width / 2);
  const values = new Float32Array(positions.length * length * width);
  positions.flat().forEach((position, slot) => {
    for (let channel = 0; channel < width; channel++) {
      const pair = layout === "interleaved" ? Math.floor(channel / 2) : channel % half;
      const isSine = layout === "interleaved" ? channel % 2 === 0 : channel < half;
      const angle = placeOf(position) / 10_000 ** ((2 * pair) / width);
      values[slot * width + channel] = isSine ? Math.sin(angle) : Math.cos(angle);
    }
  });
  return tf.tensor3d(values, [positions.length, length, width]);
}
