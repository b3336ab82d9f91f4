import { type Tensor, tf } from "../tf.ts";
import { condition } from "./condition.ts";
import type { FusedAttributes } from "./fused-kernel.ts";
import { fusedKernels } from "./fused-kernels.ts";
import { defineFusedOp } from "./fused-op.ts";

/** A function of each element; `gelu-tanh` is the tanh form of `gelu`, `silu` is `x / (1 + e⁻ˣ)`. */
export type ActivationName = FusedAttributes<typeof fusedKernels.activation>["activation"];

/** An activation that is 0 at −∞ and x at ∞, where its products would be 0 · ∞. */
const withLimits =
  (activate: (x: Tensor) => Tensor) =>
  (x: Tensor): Tensor => {
    const isInfinite = condition(x, (one) => tf.equal(tf.abs(one), Number.POSITIVE_INFINITY));
    return tf.where(isInfinite, tf.relu(x), activate(tf.where(isInfinite, tf.zerosLike(x), x)));
  };

/** Each activation in tfjs ops. */
export const composedActivations: Readonly<Record<ActivationName, (x: Tensor) => Tensor>> = {
  gelu: withLimits((x) => tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1))),
  "gelu-tanh": withLimits((x) => {
    const cubic = tf.mul(tf.mul(tf.square(x), x), 0.044715);
    return tf.mul(tf.mul(x, 0.5), tf.add(tf.tanh(tf.mul(tf.add(x, cubic), Math.sqrt(2 / Math.PI))), 1));
  }),
  relu: (x) => tf.relu(x),
  silu: withLimits((x) => tf.mul(x, tf.sigmoid(x))),
  tanh: (x) => tf.tanh(x),
};

/** Returns true while a gradient is recorded: kernels then keep the derivative, which costs little beside the value. */
export const isRecording = (): boolean => tf.engine().isTapeOn();

const run = defineFusedOp(fusedKernels.activation, {
  composed: ({ x }, { activation: name }) => composedActivations[name](x),
  backward: ([dy], { slope }) => ({ x: () => tf.mul(dy, slope!) }),
});

/**
 * Applies an activation to each element, as feed-forward layers do between their matrices.
 *
 * @source GELU in both forms, and SiLU: Hendrycks and Gimpel 2016, https://arxiv.org/abs/1606.08415
 */
export function activation<T extends Tensor>(x: T, name: ActivationName): T {
  return run({ x }, { activation: name, keepSlope: isRecording() })[0] as T;
}

/**
 * Gaussian error linear unit, exact: `x · Φ(x)`; approximate: `x/2 · (1 + tanh(√(2/π) · (x + 0.044715 x³)))`.
 *
 * @param approximate - the tanh form, which GPT-2 and T5 v1.1 use; BART uses the exact one.
 * @source Hendrycks and Gimpel 2016, https://arxiv.org/abs/1606.08415
 */
export const gelu = <T extends Tensor>(x: T, { approximate = false } = {}): T =>
  activation(x, approximate ? "gelu-tanh" : "gelu");
