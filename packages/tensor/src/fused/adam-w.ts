import { type Tensor, tf } from "../tf.ts";
import { fusedKernels } from "./fused-kernels.ts";
import { defineFusedOp } from "./fused-op.ts";

/** The numbers of one AdamW step, which all parameters share. */
export interface AdamWAttributes {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** `1 − β₁ᵗ` at step t, counted from 1. */
  readonly correction1: number;
  /** `1 − β₂ᵗ`. */
  readonly correction2: number;
  /** The clipping factor, by which each gradient is multiplied first. */
  readonly gradientScale: number;
}

/** A parameter and its moments. */
export interface AdamWTensors {
  readonly parameter: Tensor;
  readonly m: Tensor;
  readonly v: Tensor;
}

/** A parameter with its moments, its gradient and its decay. */
export interface AdamWInput extends AdamWTensors {
  readonly gradient: Tensor;
  readonly weightDecay: number;
}

const inputNames = ["parameter", "gradient", "m", "v"] as const;
const outputNames = ["parameter", "m", "v"] as const;

const run = defineFusedOp(fusedKernels.adamW, {
  composed(inputs, { weightDecays, ...attributes }) {
    const count = weightDecays.length;
    const next = weightDecays.map((weightDecay, index) => {
      const [parameter, gradient, m, v] = inputNames.map((_, kind) => inputs[kind * count + index]!);
      return updated({ parameter: parameter!, gradient: gradient!, m: m!, v: v!, weightDecay }, attributes);
    });
    return outputNames.flatMap((name) => next.map((one) => one[name]));
  },
});

function updated({ parameter, gradient, m, v, weightDecay }: AdamWInput, options: AdamWAttributes): AdamWTensors {
  const { learningRate, beta1, beta2, epsilon, correction1, correction2, gradientScale } = options;
  const scaled = tf.mul(gradient, gradientScale);
  const nextM = tf.add(tf.mul(m, beta1), tf.mul(scaled, 1 - beta1));
  const nextV = tf.add(tf.mul(v, beta2), tf.mul(tf.square(scaled), 1 - beta2));
  const direction = tf.div(tf.div(nextM, correction1), tf.add(tf.sqrt(tf.div(nextV, correction2)), epsilon));
  const decayed = tf.mul(parameter, 1 - learningRate * weightDecay);
  return { parameter: tf.sub(decayed, tf.mul(direction, learningRate)), m: nextM, v: nextV };
}

/**
 * Makes one AdamW update of any number of parameters: `m ← β₁m + (1−β₁)g`, `v ← β₂v + (1−β₂)g²`,
 * `p ← (1 − ηλ)p − η · m̂ / (√v̂ + ε)`.
 *
 * Consumes all its tensors. A kernel writes in place where nothing else holds the data (`clone` and `reshape` share it).
 *
 * @returns the new parameters and moments, in the order of the old.
 * @source Loshchilov and Hutter 2019, algorithm 2, https://arxiv.org/abs/1711.05101
 */
export function adamWUpdate(parameters: readonly AdamWInput[], attributes: AdamWAttributes): AdamWTensors[] {
  if (parameters.length === 0) return [];
  const inputs = inputNames.flatMap((name) => parameters.map((one) => one[name]));
  const outputs = run(inputs, { ...attributes, weightDecays: parameters.map(({ weightDecay }) => weightDecay) });
  tf.dispose(inputs);
  const count = parameters.length;
  return parameters.map((_, index) => {
    const [parameter, m, v] = outputNames.map((_, kind) => outputs[kind * count + index]!);
    return { parameter: parameter!, m: m!, v: v! };
  });
}
