import { assertShapes } from "@trivium/core";
import { activeTraits } from "../backend-traits.ts";
import { type FactoredLogits, multiplyOut } from "../factored-logits.ts";
import { isPacked } from "../packed-weight.ts";
import { type Tensor1D, type Tensor2D, tf } from "../tf.ts";
import { condition } from "./condition.ts";
import { fusedKernels } from "./fused-kernels.ts";
import { defineFusedOp, runFused } from "./fused-op.ts";
import { type SoftmaxCrossEntropyOptions, softmaxCrossEntropy } from "./softmax-cross-entropy.ts";

const run = defineFusedOp(fusedKernels.linearCrossEntropy, {
  composed({ states, head, bias, targets, weights }, { transposeHead: transpose, ...options }) {
    const weight = head as Tensor2D;
    const added = bias.size > 0 ? (bias as Tensor1D) : undefined;
    const logits = multiplyOut({ states: states as Tensor2D, head: { weight, transpose, bias: added } });
    return softmaxCrossEntropy(logits, targets as Tensor1D, weights as Tensor1D, options);
  },
  backward([dLosses], saved, attributes) {
    const inputs = { dLosses, ...saved };
    const [dStates, dHead, dBias] = runFused(fusedKernels.linearCrossEntropyGradient, inputs, attributes);
    return {
      states: () => dStates,
      head: () => dHead,
      bias: () => dBias,
      targets: () => tf.zerosLike(saved.targets),
      weights: () => tf.zerosLike(saved.weights),
    };
  },
});

/**
 * Returns states in which no row of weight 0 is infinite or NaN: such a row becomes 0, since the gradient of the head is a
 * product with all rows. Where reads are cheap and there is no such row, these are the states themselves.
 *
 * @param states - `[R, M]`.
 * @param weights - `[R]`.
 */
export function withoutUncounted(states: Tensor2D, weights: Tensor1D): Tensor2D {
  if (activeTraits().reads === "cheap" && uncountedAreFinite(states, weights)) return states;
  return tf.tidy(() =>
    tf.where(
      condition(tf.expandDims(weights, 1), (all) => tf.notEqual(all, 0)),
      states,
      tf.zerosLike(states),
    ),
  );
}

function uncountedAreFinite(states: Tensor2D, weights: Tensor1D): boolean {
  const width = states.shape[1];
  let values: ArrayLike<number> | undefined;
  return weights.dataSync().every((weight, row) => {
    if (weight !== 0) return true;
    values ??= states.dataSync();
    for (let at = row * width; at < (row + 1) * width; at++) if (!Number.isFinite(values[at])) return false;
    return true;
  });
}

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
  if (isPacked(head)) return softmaxCrossEntropy(multiplyOut(logits), targets, weights, { labelSmoothing, zLoss });
  assertShapes("linear-cross-entropy/shapes", {
    states: [logits.states.shape, "R M"],
    head: [head.shape, transposeHead ? "V M" : "M V"],
    bias: [bias?.shape ?? [0], bias ? "V" : "_"],
    targets: [targets.shape, "R"],
    weights: [weights.shape, "R"],
  });
  return tf.tidy(() => {
    const states = withoutUncounted(logits.states, weights);
    if (softCap !== undefined)
      return softmaxCrossEntropy(multiplyOut({ ...logits, states }), targets, weights, { labelSmoothing, zLoss });
    const inputs = { states, head, bias: bias ?? tf.zeros<tf.Rank.R1>([0]), targets, weights };
    return run(inputs, { labelSmoothing, zLoss, transposeHead })[0] as Tensor1D;
  });
}
