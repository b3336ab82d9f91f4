import { assertShapes, ShapeError } from "@trivium/core";
import { activeTraits } from "../backend-traits.ts";
import { type Tensor, type Tensor1D, type Tensor2D, tf } from "../tf.ts";
import { condition } from "./condition.ts";
import { fusedKernels } from "./fused-kernels.ts";
import { defineFusedOp, runFused } from "./fused-op.ts";

/** Options of `softmaxCrossEntropy` and `linearCrossEntropy`. */
export interface SoftmaxCrossEntropyOptions {
  /** Probability mass spread evenly over the vocabulary, in [0, 1). Default 0. */
  readonly labelSmoothing?: number | undefined;
  /** Coefficient of `(log Σ exp logits)²`, which keeps the normaliser near 1. Default 0. */
  readonly zLoss?: number | undefined;
}

const run = defineFusedOp(fusedKernels.softmaxCrossEntropy, {
  composed({ logits, targets, weights }, { labelSmoothing, zLoss }) {
    // Reading back from a graphics card would stall every step.
    if (activeTraits().reads === "cheap") assertTargets(targets.dataSync(), weights.dataSync(), logits.shape[1]!);
    // Selections, not products with 0: a logit may be infinite, and a row without weight may hold NaN.
    const counted = condition(weights, (all) => tf.notEqual(all, 0));
    const nothing = tf.zerosLike(logits);
    const rows = tf.where(tf.expandDims(counted, 1), logits, nothing);
    const isTarget = tf.equal(tf.expandDims(targets, 1), tf.range(0, logits.shape[1]!, 1, "int32"));
    const logNormaliser = tf.logSumExp(rows, -1);
    const picked = tf.sum(tf.where(isTarget, rows, nothing), -1);
    const loss = tf.sub(logNormaliser, labelSmoothing === 0 ? picked : smoothed(picked, rows, labelSmoothing));
    const penalised = zLoss === 0 ? loss : tf.add(loss, tf.mul(tf.square(logNormaliser), zLoss));
    return tf.where(counted, tf.mul(weights, penalised), tf.zerosLike(weights));
  },
  backward: ([dLosses], saved, attributes) => ({
    logits: () => runFused(fusedKernels.softmaxCrossEntropyGradient, { dLosses, ...saved }, attributes)[0],
    targets: () => tf.zerosLike(saved.targets),
    weights: () => tf.zerosLike(saved.weights),
  }),
});

const smoothed = (picked: Tensor, logits: Tensor, labelSmoothing: number): Tensor =>
  tf.add(tf.mul(picked, 1 - labelSmoothing), tf.mul(tf.mean(logits, -1), labelSmoothing));

/**
 * Checks that each row of a weight other than 0 has its target in the vocabulary; other rows may hold any id.
 *
 * @throws {ShapeError} `softmax-cross-entropy/target`, naming the first row that does not.
 */
export function assertTargets(targets: ArrayLike<number>, weights: ArrayLike<number>, vocabulary: number): void {
  for (let row = 0; row < targets.length; row++) {
    const target = targets[row]!;
    if (weights[row] === 0 || (target >= 0 && target < vocabulary)) continue;
    throw new ShapeError(
      "softmax-cross-entropy/target",
      `the target of row ${row} should be an id in [0, ${vocabulary}), got ${target}; give a row without a target weight 0`,
      { details: { row, target, vocabulary } },
    );
  }
}

/**
 * Cross-entropy of the softmax of each row, weighted: with `Z = log Σ exp logits`,
 * `weight · ((1 − s)(Z − logit[target]) + s(Z − mean(logits)) + z·Z²)`.
 *
 * @param logits - `[R, V]`.
 * @param targets - `[R]` int32, each in [0, V); a row of weight 0 may hold any id.
 * @param weights - `[R]`; a row of weight 0 contributes exactly 0. No gradient flows to it.
 * @returns `[R]`, nats.
 * @throws {ShapeError} `softmax-cross-entropy/shapes`; `softmax-cross-entropy/target` if an id lies outside [0, V). A
 *   backend whose reads are `"stalling"` is not asked for the ids: there such a row has no target.
 * @source label smoothing: Szegedy et al. 2016, https://arxiv.org/abs/1512.00567; z-loss: Chowdhery et al. 2022, §5,
 *   https://arxiv.org/abs/2204.02311
 */
export function softmaxCrossEntropy(
  logits: Tensor2D,
  targets: Tensor1D,
  weights: Tensor1D,
  { labelSmoothing = 0, zLoss = 0 }: SoftmaxCrossEntropyOptions = {},
): Tensor1D {
  assertShapes("softmax-cross-entropy/shapes", {
    logits: [logits.shape, "R V"],
    targets: [targets.shape, "R"],
    weights: [weights.shape, "R"],
  });
  return run({ logits, targets, weights }, { labelSmoothing, zLoss })[0] as Tensor1D;
}
