import { assertShapes } from "@trivium/core";
import { type Tensor1D, type Tensor2D, tf } from "../tf.ts";
import { fusedKernels } from "./fused-kernels.ts";
import { defineFusedOp, runFused } from "./fused-op.ts";
import { type SoftmaxCrossEntropyOptions, softmaxCrossEntropy } from "./softmax-cross-entropy.ts";

/** Logits as the product of two factors. */
export interface FactoredLogits {
  /** `[R, M]`. */
  readonly states: Tensor2D;
  /** `[M, V]`, or `[V, M]` where it is transposed: an embedding that is the head too. */
  readonly head: Tensor2D;
  readonly transposeHead: boolean;
}

const run = defineFusedOp(fusedKernels.linearCrossEntropy, {
  composed({ states, head, targets, weights }, { transposeHead, ...options }) {
    const logits: Tensor2D = tf.matMul(states as Tensor2D, head as Tensor2D, false, transposeHead);
    return softmaxCrossEntropy(logits, targets as Tensor1D, weights as Tensor1D, options);
  },
  backward([dLosses], saved, attributes) {
    const inputs = { dLosses, ...saved };
    const [dStates, dHead] = runFused(fusedKernels.linearCrossEntropyGradient, inputs, attributes);
    return {
      states: () => dStates,
      head: () => dHead,
      targets: () => tf.zerosLike(saved.targets),
      weights: () => tf.zerosLike(saved.weights),
    };
  },
});

/**
 * `softmaxCrossEntropy` of the logits `states · head`, which need not exist: a backend with a kernel for it computes them
 * a chunk of the vocabulary at a time, forward and once more backward, and never has all `[R, V]` of them.
 *
 * @param logits - states `[R, M]` and head `[M, V]`, or `[V, M]` with `transposeHead`.
 * @param targets - `[R]` int32, each in [0, V); a row of weight 0 may hold any id.
 * @param weights - `[R]`; a row of weight 0 contributes exactly 0. No gradient flows to it.
 * @returns `[R]`, nats.
 * @throws {ShapeError} `linear-cross-entropy/shapes`; `softmax-cross-entropy/target` as `softmaxCrossEntropy`.
 * @source chunks over the vocabulary: Wijmans et al. 2024, https://arxiv.org/abs/2411.09009; the running log-sum-exp:
 *   Milakov and Gimelshein 2018, https://arxiv.org/abs/1805.02867
 */
export function linearCrossEntropy(
  { states, head, transposeHead }: FactoredLogits,
  targets: Tensor1D,
  weights: Tensor1D,
  { labelSmoothing = 0, zLoss = 0 }: SoftmaxCrossEntropyOptions = {},
): Tensor1D {
  assertShapes("linear-cross-entropy/shapes", {
    states: [states.shape, "R M"],
    head: [head.shape, transposeHead ? "V M" : "M V"],
    targets: [targets.shape, "R"],
    weights: [weights.shape, "R"],
  });
  return run({ states, head, targets, weights }, { labelSmoothing, zLoss, transposeHead })[0] as Tensor1D;
}
