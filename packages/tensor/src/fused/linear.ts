import { assertShapes } from "@trivium/core";
import { type Tensor, type Tensor1D, type Tensor2D, tf } from "../tf.ts";
import { type ActivationName, composedActivations, isRecording } from "./activation.ts";
import { defineFusedOp } from "./fused-kernel.ts";

interface Inputs {
  [name: string]: Tensor;
  x: Tensor2D;
  weight: Tensor2D;
}

const composedLinear = ({ x, weight, bias }: Inputs): Tensor =>
  bias ? tf.fused.matMul({ a: x, b: weight, bias }) : tf.matMul(x, weight);

const run = defineFusedOp<Inputs, Record<string, never>>({
  kernelName: "TriviumLinear",
  composed: composedLinear,
  gradient: {
    inputsToSave: ["x", "weight"],
    outputsToSave: [],
    // Each is computed only where it is asked for: a frozen weight costs nothing.
    backward(output, [x, weight]) {
      const dy = output as Tensor;
      return {
        x: () => tf.matMul(dy, weight!, false, true),
        weight: () => tf.matMul(x!, dy, true),
        bias: () => tf.sum(dy, 0),
      };
    },
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
      const [dLinear, dBias] = tf.engine().runKernel("TriviumActivationGradient", inputs) as Tensor[];
      return {
        x: () => tf.matMul(dLinear!, weight!, false, true),
        weight: () => tf.matMul(x!, dLinear!, true),
        bias: () => dBias!,
      };
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
 * The leading axes become one row axis first: tfjs has no gradient for a product whose batch axes broadcast.
 *
 * @param x - `[…, M]`.
 * @param weight - `[M, F]`.
 * @param bias - `[F]`, or none.
 * @returns `[…, F]`.
 * @throws {ShapeError} `linear/shapes`
 */
export function linear(x: Tensor, weight: Tensor2D, bias?: Tensor1D, { activation }: LinearOptions = {}): Tensor {
  const width = x.shape.at(-1) ?? 1;
  const isFlat = x.rank === 2;
  const rows = (isFlat ? x : tf.reshape(x, [-1, width])) as Tensor2D;
  assertShapes("linear/shapes", {
    x: [rows.shape, "_ M"],
    weight: [weight.shape, "M F"],
    ...(bias ? { bias: [bias.shape, "F"] } : {}),
  });
  const inputs = bias ? { x: rows, weight, bias } : { x: rows, weight };
  const [y] = activation ? runActivated(inputs, { activation, keepSlope: isRecording() }) : run(inputs, {});
  return isFlat ? y! : tf.reshape(y!, [...x.shape.slice(0, -1), weight.shape[1]!]);
}
