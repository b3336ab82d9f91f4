import { type ActivationName, type ParameterTree, type SpecTree, type Tensor, tf } from "@trivium/tensor";
import { affine, affineSpec } from "./affine.ts";

/** The nonlinearity of a feed-forward layer; the last three gate it by a second projection. */
export type Activation = "gelu" | "gelu-tanh" | "relu" | "silu" | "geglu" | "geglu-tanh" | "swiglu";

const pointwise: Readonly<Record<Activation, ActivationName>> = {
  gelu: "gelu",
  "gelu-tanh": "gelu-tanh",
  relu: "relu",
  silu: "silu",
  geglu: "gelu",
  "geglu-tanh": "gelu-tanh",
  swiglu: "silu",
};

const gated: ReadonlySet<Activation> = new Set(["geglu", "geglu-tanh", "swiglu"]);

/** Whether the activation multiplies by a second projection, and so has a third matrix. */
export const isGated = (activation: Activation): boolean => gated.has(activation);

export interface FeedForwardOptions {
  readonly width: number;
  readonly feedForward: number;
  readonly activation: Activation;
  readonly biases: boolean;
  /** Standard deviations of the initial weights into and out of the layer. */
  readonly deviations: { readonly up: number; readonly down: number };
}

/** `up [M, F]`, `gate [M, F]` where the activation is gated, `down [F, M]`. */
export function feedForwardSpec(options: FeedForwardOptions): SpecTree {
  const { width, feedForward, activation, biases: bias, deviations } = options;
  const up = affineSpec({ input: width, output: feedForward, bias, deviation: deviations.up });
  const down = affineSpec({ input: feedForward, output: width, bias, deviation: deviations.down });
  return isGated(activation) ? { up, gate: up, down } : { up, down };
}

/**
 * `down(activation(up(x)))`, or `down(activation(gate(x)) · up(x))` where it is gated.
 *
 * @param x - `[…, M]`.
 * @source Shazeer 2020, "GLU variants improve transformer", https://arxiv.org/abs/2002.05202
 */
export function feedForward(parameters: ParameterTree, x: Tensor, activation: Activation): Tensor {
  const { up, gate, down } = parameters as Record<"up" | "gate" | "down", ParameterTree>;
  const activated = affine(isGated(activation) ? gate : up, x, { activation: pointwise[activation] });
  return affine(down, isGated(activation) ? tf.mul(activated, affine(up, x)) : activated);
}
