import { linear } from "./fused/linear.ts";
import { isPacked, type Weight } from "./packed-weight.ts";
import { type Tensor, type Tensor1D, type Tensor2D, tf } from "./tf.ts";

/** The map from states to logits: `softCap · tanh((states · weight + bias) / softCap)`. */
export interface FactoredHead {
  /** `[M, V]`, or `[V, M]` if `transpose` is set: an embedding that is the head too. Or packed. */
  readonly weight: Weight;
  /** Of no account where the weight is packed. */
  readonly transpose: boolean;
  /** `[V]`, added to the product. Default: none. */
  readonly bias?: Tensor1D | undefined;
  /** Bound on the absolute value of a logit (Gemma 2). Default: none. */
  readonly softCap?: number | undefined;
}

/** Logits `[R, V]` as their two factors, so that the logits need not all exist at once. */
export interface FactoredLogits {
  /** `[R, M]`. */
  readonly states: Tensor2D;
  readonly head: FactoredHead;
}

/**
 * Multiplies factored logits out.
 *
 * @returns `[R, V]`.
 * @source soft cap: Gemma Team 2024, §2, https://arxiv.org/abs/2408.00118
 * @example multiplyOut({ states: tf.ones([5, 8]), head: { weight: tf.ones([16, 8]), transpose: true } }).shape // => [5, 16]
 */
export function multiplyOut({ states, head }: FactoredLogits): Tensor2D {
  return softCapped(productOf(states, head), head.softCap);
}

/**
 * Bounds logits smoothly: `softCap · tanh(logit / softCap)`; without a soft cap they stay as they are.
 *
 * @source Gemma Team 2024, §2, https://arxiv.org/abs/2408.00118
 * @example softCapped(tf.tensor1d([1e9]), 30).dataSync() // => Float32Array(1) [30]
 */
export const softCapped = <T extends Tensor>(logits: T, softCap: number | undefined): T =>
  softCap === undefined ? logits : tf.mul(tf.tanh(tf.div(logits, softCap)), softCap);

function productOf(states: Tensor2D, { weight, transpose, bias }: FactoredHead): Tensor2D {
  if (isPacked(weight)) return linear(states, weight, bias) as Tensor2D;
  if (!bias) return tf.matMul(states, weight, false, transpose);
  if (!transpose) return linear(states, weight, bias) as Tensor2D;
  return tf.add(tf.matMul(states, weight, false, true), bias);
}
