import type { Mask, Range } from "@trivium/masks";
import { hiddenLogit, softCapped, type Tensor4D, tf } from "@trivium/tensor";
import type { AttentionBias, AttentionDropout } from "./attention-kernel.ts";
import type { AttentionShape } from "./attention-shape.ts";
import { biasBlock, lengthOf } from "./bias-block.ts";
import { type BlockPlan, blockVisibility, type PlannedBlock } from "./block-plan.ts";

/** What the forward and the backward pass of the blockwise kernel both work on. */
export interface BlockwiseProblem {
  readonly query: Tensor4D;
  readonly key: Tensor4D;
  readonly value: Tensor4D;
  readonly mask: Mask;
  readonly bias: AttentionBias | undefined;
  readonly scale: number;
  readonly softCap: number | undefined;
  readonly dropout: AttentionDropout | undefined;
  readonly shape: AttentionShape;
  readonly plan: BlockPlan;
}

/** The positions of a range, of a tensor `[…, …, positions, …]`. */
export function slicePositions(tensor: Tensor4D, { start, end }: Range): Tensor4D {
  const [rows, heads, , width] = tensor.shape;
  return tf.slice(tensor, [0, 0, start, 0], [rows, heads, end - start, width]);
}

/** `[B, H, q, X]` → `[B, G, H/G · q, X]`: the query heads of a group side by side, to meet its keys in one product. */
export function groupHeads(tensor: Tensor4D, { B, G }: AttentionShape): Tensor4D {
  return tf.reshape(tensor, [B, G, -1, tensor.shape[3]]);
}

/** The inverse of `groupHeads`. */
export function ungroupHeads(tensor: Tensor4D, { B, H }: AttentionShape): Tensor4D {
  return tf.reshape(tensor, [B, H, -1, tensor.shape[3]]);
}

/**
 * The logits of one block, `cap(q·kᵀ·scale) + bias`, and what is visible of it.
 *
 * @param query - `[B, G, H/G · q, D]`, scaled.
 * @returns `logits` and `capped`, those before the bias, `[B, H, q, k]`; `visible` of the same shape, or nothing where all is visible.
 */
export function blockLogits(
  { key, mask, bias, shape, softCap }: BlockwiseProblem,
  query: Tensor4D,
  block: PlannedBlock,
): { logits: Tensor4D; capped: Tensor4D; visible: Tensor4D | undefined } {
  const scores = ungroupHeads(tf.matMul(query, slicePositions(key, block.keys), false, true), shape);
  const capped = softCapped(scores, softCap);
  const logits = (bias ? tf.add(capped, biasBlock(bias, block)) : capped) as Tensor4D;
  if (block.full) return { logits, capped, visible: undefined };
  const { B, H } = shape;
  const size: [number, number, number, number] = [B, H, lengthOf(block.queries), lengthOf(block.keys)];
  return { logits, capped, visible: tf.broadcastTo(blockVisibility(mask, block), size) };
}

/** The values where visible, the hidden logit elsewhere. */
export function hide(values: Tensor4D, visible: Tensor4D | undefined): Tensor4D {
  return visible ? tf.where(visible, values, tf.fill(values.shape, hiddenLogit())) : values;
}
