import { type Tensor4D, tf } from "../tf.ts";
import { condition } from "./condition.ts";
import { fusedKernels } from "./fused-kernels.ts";
import { defineFusedOp, runFused } from "./fused-op.ts";

const run = defineFusedOp(fusedKernels.maskedSoftmax, {
  composed({ scores, visible }, { scale }) {
    const logits = tf.mul(scores, scale);
    // A logit of −∞ is hidden too. A finite fill and a second selection: a row of −∞ would be NaN, a filled one uniform.
    const shown = condition(logits, (all) =>
      tf.logicalAnd(tf.broadcastTo(visible, all.shape), tf.notEqual(all, Number.NEGATIVE_INFINITY)),
    );
    const probabilities = tf.softmax(tf.where(shown, logits, tf.fill(logits.shape, hiddenLogit())));
    return tf.where(shown, probabilities, tf.zerosLike(probabilities));
  },
  backward: ([dy], { probabilities }, attributes) => ({
    scores: () => runFused(fusedKernels.maskedSoftmaxGradient, { dy, probabilities }, attributes)[0],
    visible: () => tf.zeros([1]),
  }),
});

/**
 * Returns the number that stands for a hidden key's logit. It vanishes under softmax, and does not overflow where the
 * backend computes in half precision.
 */
export const hiddenLogit = (): number => (tf.backend().floatPrecision() === 16 ? -3e4 : -1e9);

/**
 * Takes the softmax over the visible keys of each row: `softmax(scores · scale)`, exactly 0 where hidden; a row with nothing
 * visible is 0 everywhere. A bias is added to the scores, with scale 1.
 *
 * @param request.scores - `[B, H, Q, K]`.
 * @param request.visible - bool, `[B or 1, H or 1, Q, K]`.
 * @param request.scale - multiplier on the scores, dimensionless.
 * @returns `[B, H, Q, K]`.
 */
export function maskedSoftmax(request: { scores: Tensor4D; visible: Tensor4D; scale: number }): Tensor4D {
  const { scores, visible, scale } = request;
  return run({ scores, visible }, { scale })[0] as Tensor4D;
}
