import { assertShapes } from "@trivium/core";
import { type Tensor, type Tensor1D, tf } from "../tf.ts";
import { defineFusedOp } from "./fused-kernel.ts";

const run = defineFusedOp<{ x: Tensor; gain: Tensor; bias: Tensor }, { epsilon: number }>({
  kernelName: "TriviumLayerNorm",
  composed({ x, gain, bias }, { epsilon }) {
    const centred = tf.sub(x, tf.mean(x, -1, true));
    const variance = tf.mean(tf.square(centred), -1, true);
    return tf.add(tf.mul(tf.mul(centred, tf.rsqrt(tf.add(variance, epsilon))), gain), bias);
  },
  gradient: {
    inputsToSave: ["x", "gain"],
    outputsToSave: [false, true, true],
    backward(dy, [x, gain, mean, inverseDeviation]) {
      const inputs = { dy: (dy as Tensor[])[0]!, x: x!, gain: gain!, mean: mean!, inverseDeviation: inverseDeviation! };
      const [dx, dGain, dBias] = tf.engine().runKernel("TriviumLayerNormGradient", inputs) as Tensor[];
      return { x: () => dx!, gain: () => dGain!, bias: () => dBias! };
    },
  },
});

/**
 * Layer normalisation: `(x − mean) / √(variance + ε) · gain + bias` over the last axis.
 *
 * @param x - `[…, M]`.
 * @param gain - `[M]`.
 * @param bias - `[M]`.
 * @param epsilon - added to the variance; GPT-2 and BART use 1e-5.
 * @throws {ShapeError} `layer-norm/shapes`
 * @source Ba et al. 2016, https://arxiv.org/abs/1607.06450
 */
export function layerNorm<T extends Tensor>(x: T, gain: Tensor1D, bias: Tensor1D, epsilon: number): T {
  const width = x.shape.at(-1) ?? 1;
  const isFlat = x.rank === 2;
  const rows = (isFlat ? x : tf.reshape(x, [-1, width])) as Tensor;
  assertShapes("layer-norm/shapes", { x: [rows.shape, "_ M"], gain: [gain.shape, "M"], bias: [bias.shape, "M"] });
  const y = run({ x: rows, gain, bias }, { epsilon })[0]!;
  return (isFlat ? y : tf.reshape(y, x.shape)) as T;
}
