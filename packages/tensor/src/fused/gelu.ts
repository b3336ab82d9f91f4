import { type Tensor, tf } from "../tf.ts";
import { defineFusedOp } from "./fused-kernel.ts";

const run = defineFusedOp<{ x: Tensor }, { approximate: boolean }>({
  kernelName: "TriviumGelu",
  composed: ({ x }, { approximate }) => (approximate ? tanhGelu(x) : erfGelu(x)),
  gradient: {
    inputsToSave: ["x"],
    outputsToSave: [],
    backward: (dy, [x], attributes) => ({
      x: () => tf.engine().runKernel("TriviumGeluGradient", { dy: dy as Tensor, x: x as Tensor }, attributes) as Tensor,
    }),
  },
});

/**
 * Gaussian error linear unit, exact: `x · Φ(x)`; approximate: `x/2 · (1 + tanh(√(2/π) · (x + 0.044715 x³)))`.
 *
 * @param approximate - the tanh form, which GPT-2 and T5 v1.1 use; BART uses the exact one.
 * @source Hendrycks and Gimpel 2016, https://arxiv.org/abs/1606.08415
 */
export function gelu<T extends Tensor>(x: T, { approximate = false } = {}): T {
  return run({ x }, { approximate })[0] as T;
}

const erfGelu = (x: Tensor): Tensor => tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1));

function tanhGelu(x: Tensor): Tensor {
  const cubic = tf.mul(tf.mul(tf.square(x), x), 0.044715);
  return tf.mul(tf.mul(x, 0.5), tf.add(tf.tanh(tf.mul(tf.add(x, cubic), Math.sqrt(2 / Math.PI))), 1));
}
