import { type ActivationName, type ParameterTree, type SpecTree, type Tensor, tf } from "@trivium/tensor";
import { type AffineMap, affineSpec, applyMap } from "./affine.ts";

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

/** The maps of a feed-forward layer: those of its input, of which a second one multiplies the first, and the one out. */
export function feedForwardMaps(
  parameters: ParameterTree,
  activation: Activation,
): { readonly into: readonly AffineMap[]; readonly out: AffineMap } {
  const { up, gate, down } = parameters as unknown as Record<"up" | "gate" | "down", AffineMap>;
  const activated = { ...(isGated(activation) ? gate : up), activation: pointwise[activation] };
  return { into: isGated(activation) ? [activated, up] : [activated], out: down };
}

/**
 * `down(activation(up(x)))`, or `down(activation(gate(x)) · up(x))` where it is gated.
 *
 * @param x - `[…, M]`.
 * @source Shazeer 2020, "GLU variants improve transformer", https://arxiv.org/abs/2002.05202
 */
export function feedForward(parameters: ParameterTree, x: Tensor, activation: Activation): Tensor {
  const { into, out } = feedForwardMaps(parameters, activation);
  const [activated, factor] = into.map((map) => applyMap(map, x));
  return applyMap(out, factor ? tf.mul(activated as Tensor, factor) : (activated as Tensor));
}
