import { type Tensor, tf } from "../tf.ts";
import { defineFusedOp } from "./fused-kernel.ts";

export interface AdamWAttributes {
  [name: string]: number;
  learningRate: number;
  beta1: number;
  beta2: number;
  epsilon: number;
  weightDecay: number;
  /** `1 − β₁ᵗ` at step t, counted from 1. */
  correction1: number;
  /** `1 − β₂ᵗ`. */
  correction2: number;
  /** Multiplies the gradient first: the clipping factor. */
  gradientScale: number;
}

interface Inputs {
  [name: string]: Tensor;
  parameter: Tensor;
  gradient: Tensor;
  m: Tensor;
  v: Tensor;
}

const run = defineFusedOp<Inputs, AdamWAttributes>({
  kernelName: "TriviumAdamW",
  composed({ parameter, gradient, m, v }, options) {
    const { learningRate, beta1, beta2, epsilon, weightDecay, correction1, correction2, gradientScale } = options;
    const scaled = tf.mul(gradient, gradientScale);
    const nextM = tf.add(tf.mul(m, beta1), tf.mul(scaled, 1 - beta1));
    const nextV = tf.add(tf.mul(v, beta2), tf.mul(tf.square(scaled), 1 - beta2));
    const direction = tf.div(tf.div(nextM, correction1), tf.add(tf.sqrt(tf.div(nextV, correction2)), epsilon));
    const decayed = tf.mul(parameter, 1 - learningRate * weightDecay);
    return [tf.sub(decayed, tf.mul(direction, learningRate)), nextM, nextV];
  },
});

/**
 * One AdamW update of one parameter: `m ← β₁m + (1−β₁)g`, `v ← β₂v + (1−β₂)g²`,
 * `p ← (1 − ηλ)p − η · m̂ / (√v̂ + ε)`.
 *
 * @returns the new parameter, first and second moment; the old ones are left to the caller.
 * @source Loshchilov and Hutter 2019, algorithm 2, https://arxiv.org/abs/1711.05101
 */
export function adamWUpdate(inputs: Inputs, attributes: AdamWAttributes): { parameter: Tensor; m: Tensor; v: Tensor } {
  const [parameter, m, v] = run(inputs, attributes) as [Tensor, Tensor, Tensor];
  return { parameter, m, v };
}
