import { assertShapes } from "@trivium/core";
import { type Tensor, type Tensor1D, tf } from "../tf.ts";
import { defineFusedOp } from "./fused-kernel.ts";

const run = defineFusedOp<{ x: Tensor; gain: Tensor }, { epsilon: number }>({
  kernelName: "TriviumRmsNorm",
  composed({ x, gain }, { epsilon }) {
    const meanSquare = tf.mean(tf.square(x), -1, true);
    return tf.mul(tf.mul(x, tf.rsqrt(tf.add(meanSquare, epsilon))), gain);
  },
  gradient: {
    inputsToSave: ["x", "gain"],
    outputsToSave: [false, true],
    backward(dy, [x, gain, inverseRms]) {
      const inputs = { dy: (dy as Tensor[])[0]!, x: x!, gain: gain!, inverseRms: inverseRms! };
      const [dx, dGain] = tf.engine().runKernel("TriviumRmsNormGradient", inputs) as Tensor[];
      return { x: () => dx!, gain: () => dGain! };
    },
  },
});

/**
 * Root-mean-square normalisation: `x / √(mean(x²) + ε) · gain` over the last axis; no mean, no bias.
 *
 * @param x - `[…, M]`.
 * @param gain - `[M]`.
 * @param epsilon - added to the mean square; T5 uses 1e-6.
 * @throws {ShapeError} `rms-norm/shapes`
 * @source Zhang and Sennrich 2019, https://arxiv.org/abs/1910.07467
 */
export function rmsNorm<T extends Tensor>(x: T, gain: Tensor1D, epsilon: number): T {
  const width = x.shape.at(-1) ?? 1;
  const isFlat = x.rank === 2;
  const rows = (isFlat ? x : tf.reshape(x, [-1, width])) as Tensor;
  assertShapes("rms-norm/shapes", { x: [rows.shape, "_ M"], gain: [gain.shape, "M"] });
  const y = run({ x: rows, gain }, { epsilon })[0]!;
  return (isFlat ? y : tf.reshape(y, x.shape)) as T;
}
