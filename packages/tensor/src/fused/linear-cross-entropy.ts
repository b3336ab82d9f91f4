import { assertShapes } from "@trivium/core";
import { type FactoredLogits, multiplyOut } from "../factored-logits.ts";
import { type Tensor, type Tensor1D, type Tensor2D, tf } from "../tf.ts";
import { defineFusedOp } from "./fused-kernel.ts";
import { type SoftmaxCrossEntropyOptions, softmaxCrossEntropy } from "./softmax-cross-entropy.ts";

interface Inputs {
  [name: string]: Tensor;
  states: Tensor2D;
  head: Tensor2D;
  /** `[V]`, or empty if there is none. */
  bias: Tensor1D;
  targets: Tensor1D;
  weights: Tensor1D;
}

type Attributes = Required<SoftmaxCrossEntropyOptions> & { [name: string]: number | boolean; transposeHead: boolean };

const run = defineFusedOp<Inputs, Attributes>({
  kernelName: "TriviumLinearCrossEntropy",
  composed({ states, head: weight, bias: given, targets, weights }, { transposeHead: transpose, ...options }) {
    const bias = given.size > 0 ? given : undefined;
    return softmaxCrossEntropy(multiplyOut({ states, head: { weight, transpose, bias } }), targets, weights, options);
  },
  gradient: {
    inputsToSave: ["states", "head", "bias", "targets", "weights"],
    outputsToSave: [false, true],
    backward(dys, [states, head, bias, targets, weights, logSumExp], attributes) {
      const inputs = {
        dLosses: (dys as Tensor[])[0]!,
        logSumExp: logSumExp!,
        states: states!,
        head: head!,
        bias: bias!,
        targets: targets!,
        weights: weights!,
      };
      const kernel = "TriviumLinearCrossEntropyGradient";
      const [dStates, dHead, dBias] = tf.engine().runKernel(kernel, inputs, attributes) as [Tensor, Tensor, Tensor];
      return {
        states: () => dStates,
        head: () => dHead,
        bias: () => dBias,
        targets: () => tf.zerosLike(targets!),
        weights: () => tf.zerosLike(weights!),
      };
    },
  },
});

/**
 * Cross-entropy of the softmax of factored logits, weighted, as `softmaxCrossEntropy` defines it. A backend with a kernel
 * for it computes the logits a chunk of the vocabulary at a time, forward and once more backward, and never has all
 * `[R, V]` of them. Logits with a soft cap are multiplied out.
 *
 * @param targets - `[R]` int32, each in [0, V); a row of weight 0 may hold any id.
 * @param weights - `[R]`; a row of weight 0 contributes exactly 0. No gradient flows to it.
 * @returns `[R]`, nats.
 * @throws {ShapeError} `linear-cross-entropy/shapes`; `softmax-cross-entropy/target` as `softmaxCrossEntropy`.
 * @source chunks over the vocabulary: Wijmans et al. 2024, https://arxiv.org/abs/2411.09009; the running log-sum-exp:
 *   Milakov and Gimelshein 2018, https://arxiv.org/abs/1805.02867
 */
export function linearCrossEntropy(
  logits: FactoredLogits,
  targets: Tensor1D,
  weights: Tensor1D,
  { labelSmoothing = 0, zLoss = 0 }: SoftmaxCrossEntropyOptions = {},
): Tensor1D {
  const { weight: head, transpose: transposeHead, bias, softCap } = logits.head;
  assertShapes("linear-cross-entropy/shapes", {
    states: [logits.states.shape, "R M"],
    head: [head.shape, transposeHead ? "V M" : "M V"],
    bias: [bias?.shape ?? [0], bias ? "V" : "_"],
    targets: [targets.shape, "R"],
    weights: [weights.shape, "R"],
  });
  if (softCap !== undefined)
    return softmaxCrossEntropy(multiplyOut(logits), targets, weights, { labelSmoothing, zLoss });
  return tf.tidy(() => {
    const inputs = { states: logits.states, head, bias: bias ?? tf.zeros<tf.Rank.R1>([0]), targets, weights };
    return run(inputs, { labelSmoothing, zLoss, transposeHead })[0] as Tensor1D;
  });
}
