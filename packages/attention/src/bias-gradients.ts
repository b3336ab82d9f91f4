import { type Tensor, type Tensor4D, tf } from "@trivium/tensor";
import type { AttentionBias } from "./attention-kernel.ts";
import { lengthOf, relativeTableGradient } from "./bias-block.ts";
import type { PlannedBlock } from "./block-plan.ts";
import type { BlockwiseProblem } from "./blockwise-scores.ts";

/** Adds up the gradient of a bias's tensor from the gradients of the logits, block by block. */
export interface BiasGradients {
  /** Takes in `[B, H, q, k]` of one block; the tensor stays the caller's. */
  add(logits: Tensor4D, block: PlannedBlock, queryBlock: number): void;
  /** The gradient; nothing if the bias has no tensor. */
  total(): Tensor[];
}

export function biasGradients(problem: BlockwiseProblem): BiasGradients {
  const { bias } = problem;
  if (bias?.kind === "dense") return denseGradients(problem, bias.values);
  return bias?.kind === "relative" ? tableGradients(bias) : { add: () => {}, total: () => [] };
}

function tableGradients(bias: Extract<AttentionBias, { kind: "relative" }>): BiasGradients {
  let total: Tensor = tf.zerosLike(bias.table);
  return {
    add(logits, block) {
      const sum = tf.tidy(() => tf.add(total, relativeTableGradient(bias, block, logits)));
      total.dispose();
      total = sum;
    },
    total: () => [total],
  };
}

function denseGradients({ plan }: BlockwiseProblem, { shape: [rows, heads] }: Tensor4D): BiasGradients {
  const blocks = plan.queryBlocks.map(({ queries }) =>
    plan.keyBlocks.map((keys): Tensor4D => tf.zeros([rows, heads, lengthOf(queries), lengthOf(keys)])),
  );
  return {
    add(logits, { keyBlock }, queryBlock) {
      const row = blocks[queryBlock] as Tensor4D[];
      row[keyBlock]?.dispose();
      row[keyBlock] = tf.tidy(() => {
        const overRows = rows === 1 ? tf.sum(logits, 0, true) : logits;
        return (heads === 1 ? tf.sum(overRows, 1, true) : overRows.clone()) as Tensor4D;
      });
    },
    total: () =>
      tf.tidy(() => {
        const rowsOfBlocks = blocks.map((row) => tf.concat(row, 3));
        return [tf.concat(rowsOfBlocks, 2)];
      }),
  };
}
