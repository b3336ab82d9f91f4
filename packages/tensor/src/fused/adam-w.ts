import type { NamedTensorMap } from "@tensorflow/tfjs-core";
import { type Tensor, tf } from "../tf.ts";
import { defineFusedOp } from "./fused-kernel.ts";

export interface AdamWAttributes {
  learningRate: number;
  beta1: number;
  beta2: number;
  epsilon: number;
  /** `1 − β₁ᵗ` at step t, counted from 1. */
  correction1: number;
  /** `1 − β₂ᵗ`. */
  correction2: number;
  /** Multiplies the gradient first: the clipping factor. */
  gradientScale: number;
}

/** A parameter and its moments. */
export interface AdamWTensors {
  readonly parameter: Tensor;
  readonly m: Tensor;
  readonly v: Tensor;
}

/** What one parameter's update reads. */
export interface AdamWInput extends AdamWTensors {
  readonly gradient: Tensor;
  readonly weightDecay: number;
}

// A mapped type, which has an implicit index as tfjs wants it.
type Attributes = { [Name in keyof AdamWAttributes]: number } & { weightDecays: number[] };

const names = ["parameter", "gradient", "m", "v"] as const;

const run = defineFusedOp<NamedTensorMap, Attributes>({
  kernelName: "TriviumAdamW",
  composed: (inputs, { weightDecays, ...attributes }) =>
    weightDecays.flatMap((weightDecay, index) => {
      const [parameter, gradient, m, v] = names.map((name) => inputs[name + index]!) as [
        Tensor,
        Tensor,
        Tensor,
        Tensor,
      ];
      return updated({ parameter, gradient, m, v, weightDecay }, attributes as AdamWAttributes);
    }),
});

function updated({ parameter, gradient, m, v, weightDecay }: AdamWInput, options: AdamWAttributes): Tensor[] {
  const { learningRate, beta1, beta2, epsilon, correction1, correction2, gradientScale } = options;
  const scaled = tf.mul(gradient, gradientScale);
  const nextM = tf.add(tf.mul(m, beta1), tf.mul(scaled, 1 - beta1));
  const nextV = tf.add(tf.mul(v, beta2), tf.mul(tf.square(scaled), 1 - beta2));
  const direction = tf.div(tf.div(nextM, correction1), tf.add(tf.sqrt(tf.div(nextV, correction2)), epsilon));
  const decayed = tf.mul(parameter, 1 - learningRate * weightDecay);
  return [tf.sub(decayed, tf.mul(direction, learningRate)), nextM, nextV];
}

/**
 * One AdamW update of any number of parameters: `m ← β₁m + (1−β₁)g`, `v ← β₂v + (1−β₂)g²`,
 * `p ← (1 − ηλ)p − η · m̂ / (√v̂ + ε)`.
 *
 * Consumes all its tensors. A kernel writes in place where nothing else holds the data (`clone` and `reshape` share it).
 *
 * @returns the new parameters and moments, in the order of the old.
 * @source Loshchilov and Hutter 2019, algorithm 2, https://arxiv.org/abs/1711.05101
 */
export function adamWUpdate(parameters: readonly AdamWInput[], attributes: AdamWAttributes): AdamWTensors[] {
  const inputs = Object.fromEntries(
    parameters.flatMap((one, index) => names.map((name) => [name + index, one[name]] as const)),
  );
  const weightDecays = parameters.map(({ weightDecay }) => weightDecay);
  const outputs = parameters.length > 0 ? run(inputs, { ...attributes, weightDecays }) : [];
  tf.dispose(Object.values(inputs));
  return parameters.map((_, index) => {
    const [parameter, m, v] = outputs.slice(3 * index, 3 * index + 3) as [Tensor, Tensor, Tensor];
    return { parameter, m, v };
  });
}
