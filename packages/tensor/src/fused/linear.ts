import { assertShapes } from "@trivium/core";
import { type Tensor, type Tensor1D, type Tensor2D, tf } from "../tf.ts";
import { type ActivationName, composedActivations, isRecording } from "./activation.ts";
import { defineFusedOp } from "./fused-kernel.ts";

interface Inputs {
  [name: string]: Tensor;
  x: Tensor;
  weight: Tensor2D;
}

/** All leading axes as one: tfjs has no gradient for a product whose batch axes broadcast. */
const inRows = (x: Tensor): Tensor2D => (x.rank === 2 ? x : tf.reshape(x, [-1, x.shape.at(-1) as number])) as Tensor2D;

function composedLinear({ x, weight, bias }: Inputs): Tensor {
  const rows = inRows(x);
  const y = bias ? tf.fused.matMul({ a: rows, b: weight, bias }) : tf.matMul(rows, weight);
  return x.rank === 2 ? y : tf.reshape(y, [...x.shape.slice(0, -1), weight.shape[1]]);
}

/** Each is computed only where it is asked for: a frozen weight costs nothing. */
const gradientsOf = (dy: Tensor, x: Tensor, weight: Tensor2D) => ({
  x: () => tf.reshape(tf.matMul(inRows(dy), weight, false, true), x.shape),
  weight: () => tf.matMul(inRows(x), inRows(dy), true),
});

const run = defineFusedOp<Inputs, Record<string, never>>({
  kernelName: "TriviumLinear",
  composed: composedLinear,
  gradient: {
    inputsToSave: ["x", "weight"],
    outputsToSave: [],
    backward: (dy, [x, weight]) => ({
      ...gradientsOf(dy as Tensor, x!, weight as Tensor2D),
      bias: () => tf.sum(inRows(dy as Tensor), 0),
    }),
  },
});

const runActivated = defineFusedOp<Inputs, { activation: ActivationName; keepSlope: boolean }>({
  kernelName: "TriviumLinearActivation",
  composed: (inputs, { activation }) => composedActivations[activation](composedLinear(inputs)),
  gradient: {
    inputsToSave: ["x", "weight"],
    outputsToSave: [false, true],
    backward(dys, [x, weight, slope]) {
      const inputs = { dy: (dys as Tensor[])[0]!, slope: slope! };
      const [dLinear, dBias] = tf.engine().runKernel("TriviumActivationGradient", inputs) as [Tensor, Tensor];
      return { ...gradientsOf(dLinear, x!, weight as Tensor2D), bias: () => dBias };
    },
  },
});

export interface LinearOptions {
  /** Applied to the result, in the pass that adds the bias. */
  readonly activation?: ActivationName;
}

/**
 * Affine map over the last axis, with or without an activation: `f(x · W + b)`.
 *
 * @param x - `[…, M]`.
 * @param weight - `[M, F]`.
 * @param bias - `[F]`, or none.
 * @returns `[…, F]`.
 * @throws {ShapeError} `linear/shapes`
 */
export function linear(x: Tensor, weight: Tensor2D, bias?: Tensor1D, options: LinearOptions = {}): Tensor {
  const { activation } = options;
  if (x.rank === 1) return tf.reshape(linear(inRows(x), weight, bias, options), [-1]);
  assertShapes("linear/shapes", {
    x: [[x.size / (x.shape.at(-1) || 1), ...x.shape.slice(-1)], "_ M"],
    weight: [weight.shape, "M F"],
    ...(bias ? { bias: [bias.shape, "F"] } : {}),
  });
  const inputs = bias ? { x, weight, bias } : { x, weight };
  const [y] = activation ? runActivated(inputs, { activation, keepSlope: isRecording() }) : run(inputs, {});
  return y!;
}
