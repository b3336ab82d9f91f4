import { assertShapes } from "@trivium/core";
import { type Tensor, type Tensor1D, type Tensor2D, tf } from "../tf.ts";
import { defineFusedOp } from "./fused-kernel.ts";
import { type SoftmaxCrossEntropyOptions, softmaxCrossEntropy } from "./softmax-cross-entropy.ts";

/** Logits as the two factors of which they are the product. */
export interface FactoredLogits {
  /** `[R, M]`. */
  readonly states: Tensor2D;
  /** `[M, V]`, or `[V, M]` where it is transposed: an embedding that is the head too. */
  readonly head: Tensor2D;
  readonly transposeHead: boolean;
}

interface Inputs {
  [name: string]: Tensor;
  states: Tensor2D;
  head: Tensor2D;
  targets: Tensor1D;
  weights: Tensor1D;
}

type Attributes = Required<SoftmaxCrossEntropyOptions> & { [name: string]: number | boolean; transposeHead: boolean };

const run = defineFusedOp<Inputs, Attributes>({
  kernelName: "TriviumLinearCrossEntropy",
  composed({ states, head, targets, weights }, { transposeHead, ...options }) {
    return softmaxCrossEntropy(tf.matMul(states, head, false, transposeHead), targets, weights, options);
  },
  gradient: {
    inputsToSave: ["states", "head", "targets", "weights"],
    outputsToSave: [false, true],
    backward(dys, [states, head, targets, weights, logSumExp], attributes) {
      const inputs = {
        ...{ dLosses: (dys as Tensor[])[0]!, logSumExp: logSumExp! },
        ...{ states: states!, head: head!, targets: targets!, weights: weights! },
      };
      const kernel = "TriviumLinearCrossEntropyGradient";
      const [dStates, dHead] = tf.engine().runKernel(kernel, inputs, attributes) as [Tensor, Tensor];
      return {
        states: () => dStates,
        head: () => dHead,
        targets: () => tf.zerosLike(targets!),
        weights: () => tf.zerosLike(weights!),
      };
    },
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
