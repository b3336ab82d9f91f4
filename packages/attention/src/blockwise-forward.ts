import type { Range } from "@trivium/masks";
import { hiddenLogit, type Tensor4D, tf } from "@trivium/tensor";
import { lengthOf } from "./bias-block.ts";
import { blockDropout } from "./block-dropout.ts";
import type { PlannedBlock } from "./block-plan.ts";
import {
  type BlockwiseProblem,
  blockLogits,
  groupHeads,
  hide,
  slicePositions,
  ungroupHeads,
} from "./blockwise-scores.ts";

/** Softmax over the keys seen so far, not yet divided. */
type Running = {
  /** `[B, H, q, 1]`: the greatest logit. */
  readonly maximum: Tensor4D;
  /** `[B, H, q, 1]`: Σ exp(logit − maximum). */
  readonly sum: Tensor4D;
  /** `[B, H, q, D]`: Σ exp(logit − maximum) · value. */
  readonly weighted: Tensor4D;
};

/** The output and what the backward pass needs to compute the probabilities again. */
export type Attended = {
  /** `[B, H, Q, D]`. */
  readonly output: Tensor4D;
  /** `[B, H, Q, 1]`: log Σ exp(logit); the hidden logit where nothing is visible. */
  readonly logSumExp: Tensor4D;
};

export function attendForward(problem: BlockwiseProblem): Attended {
  const parts = problem.plan.queryBlocks.map(({ queries, visits }) =>
    tf.tidy(() => attendQueryBlock(problem, queries, visits)),
  );
  const join = (name: keyof Attended): Tensor4D => {
    const blocks = parts.map((part) => part[name]);
    return tf.concat(blocks, 2);
  };
  const joined = { output: join("output"), logSumExp: join("logSumExp") };
  tf.dispose(parts);
  return joined;
}

function attendQueryBlock(problem: BlockwiseProblem, queries: Range, visits: readonly PlannedBlock[]): Attended {
  const { shape, scale } = problem;
  const query = groupHeads(tf.mul(slicePositions(problem.query, queries), scale), shape);
  let running: Running = {
    maximum: tf.fill([shape.B, shape.H, lengthOf(queries), 1], hiddenLogit()),
    sum: tf.zeros([shape.B, shape.H, lengthOf(queries), 1]),
    weighted: tf.zeros([shape.B, shape.H, lengthOf(queries), shape.D]),
  };
  for (const block of visits) {
    const before = running;
    running = tf.tidy(() => addBlock(problem, query, block, before));
    tf.dispose(before);
  }
  const divisor = tf.add(running.sum, tf.cast(tf.equal(running.sum, 0), "float32")) as Tensor4D;
  return { output: tf.div(running.weighted, divisor), logSumExp: tf.add(running.maximum, tf.log(divisor)) };
}

function addBlock(problem: BlockwiseProblem, query: Tensor4D, block: PlannedBlock, before: Running): Running {
  const { shape, dropout, value } = problem;
  const { logits, visible } = blockLogits(problem, query, block);
  const maximum = tf.maximum(before.maximum, tf.max(hide(logits, visible), 3, true)) as Tensor4D;
  const weights = tf.exp(hide(tf.sub(logits, maximum), visible)); // [B, H, q, k]
  const kept = dropout ? tf.mul(weights, blockDropout(dropout, shape, block)) : weights;
  const added = tf.matMul(groupHeads(kept as Tensor4D, shape), slicePositions(value, block.keys));
  const shrink = tf.exp(tf.sub(before.maximum, maximum));
  return {
    maximum,
    sum: tf.add(tf.mul(before.sum, shrink), tf.sum(weights, 3, true)),
    weighted: tf.add(tf.mul(before.weighted, shrink), ungroupHeads(added as Tensor4D, shape)),
  };
}
