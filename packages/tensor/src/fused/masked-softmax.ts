import { type Tensor, type Tensor4D, tf } from "../tf.ts";
import { defineFusedOp } from "./fused-kernel.ts";

interface Inputs {
  [name: string]: Tensor;
  scores: Tensor;
  visible: Tensor;
}

const run = defineFusedOp<Inputs, { scale: number }>({
  kernelName: "TriviumMaskedSoftmax",
  composed({ scores, visible, bias }, { scale }) {
    const scaled = tf.mul(scores, scale);
    const logits = bias ? tf.add(scaled, bias) : scaled;
    const shown = tf.broadcastTo(visible, logits.shape);
    // A finite fill and a product with the mask: −∞ would make an empty row NaN, the fill alone would make it uniform.
    const probabilities = tf.softmax(tf.where(shown, logits, tf.fill(logits.shape, hiddenLogit())));
    return tf.mul(probabilities, tf.cast(shown, "float32"));
  },
  gradient: {
    inputsToSave: [],
    outputsToSave: [true],
    backward(dy, [probabilities], attributes) {
      const { scale } = attributes as unknown as { scale: number };
      const inputs = { dy: dy as Tensor, probabilities: probabilities! };
      const dScores = tf.engine().runKernel("TriviumMaskedSoftmaxGradient", inputs, attributes) as Tensor;
      return {
        scores: () => dScores,
        visible: () => tf.zeros([1]),
        bias: () => tf.div(dScores, scale),
      };
    },
  },
});

/**
 * What stands for a hidden key's logit: large enough to vanish under softmax, small enough not to overflow where the
 * backend computes in half precision.
 */
export const hiddenLogit = (): number => (tf.backend().floatPrecision() === 16 ? -3e4 : -1e9);

/**
 * Softmax over the visible keys of each row: `softmax(scores · scale + bias)`, exactly 0 where hidden; a row with
 * nothing visible is 0 everywhere.
 *
 * @param request.scores - `[B, H, Q, K]`.
 * @param request.visible - bool, `[B or 1, H or 1, Q, K]`.
 * @param request.bias - `[B, H, Q, K]`, added after the scale.
 * @param request.scale - multiplier on the scores, dimensionless.
 * @returns `[B, H, Q, K]`.
 */
export function maskedSoftmax(request: {
  scores: Tensor4D;
  visible: Tensor4D;
  bias?: Tensor4D;
  scale: number;
}): Tensor4D {
  const { scores, visible, bias, scale } = request;
  return run(bias ? { scores, visible, bias } : { scores, visible }, { scale })[0] as Tensor4D;
}
