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

// A backend that has the kernels of this file has these too. Each is run only where it is asked for: a frozen weight
// costs nothing.

/** `Σ dyᵢ · Wᵢᵀ` of `[…, Fᵢ]` and `[M, Fᵢ]`: `[…, M]`. */
const gradientOfInput = (dys: readonly Tensor[], weights: readonly Tensor[]): Tensor =>
  tf.engine().runKernel("TriviumLinearInputGradient", asInputs([...dys, ...weights])) as Tensor;

/** `xᵀ · dy` of `[…, M]` and `[…, F]`: `[M, F]`. */
const gradientOfWeight = (x: Tensor, dy: Tensor): Tensor =>
  tf.engine().runKernel("TriviumLinearWeightGradient", { x, dy }) as Tensor;

/** The sum over all axes of dy but the last. */
const gradientOfBias = (dy: Tensor): Tensor => tf.engine().runKernel("TriviumColumnSums", { x: dy }) as Tensor;

// tfjs takes an array as well, and saves all inputs of a kernel only then.
const asInputs = (tensors: readonly Tensor[]) => tensors as unknown as Record<string, Tensor>;

const run = defineFusedOp<Inputs, Record<string, never>>({
  kernelName: "TriviumLinear",
  composed: composedLinear,
  gradient: {
    inputsToSave: ["x", "weight"],
    outputsToSave: [],
    backward: (dy, [x, weight]) => ({
      x: () => gradientOfInput([dy as Tensor], [weight!]),
      weight: () => gradientOfWeight(x!, dy as Tensor),
      bias: () => gradientOfBias(dy as Tensor),
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
      return {
        x: () => gradientOfInput([dLinear], [weight!]),
        weight: () => gradientOfWeight(x!, dLinear),
        bias: () => dBias,
      };
    },
  },
});

/** Inputs: x, the weights, then as many biases, or none. */
const runMany = defineFusedOp<Record<string, Tensor>, { count: number }>({
  kernelName: "TriviumLinears",
  composed(inputs, { count }) {
    const [x, ...matrices] = Object.values(inputs) as [Tensor, ...Tensor[]];
    return matrices.slice(0, count).map((weight, index) => {
      const bias = matrices[count + index];
      return composedLinear({ x, weight: weight as Tensor2D, ...(bias && { bias }) });
    });
  },
  gradient: {
    differentiable: Number.POSITIVE_INFINITY,
    inputsToSave: "all",
    outputsToSave: [],
    backward(given, [x, ...matrices]) {
      const dys = [given].flat();
      const weights = matrices.slice(0, dys.length);
      return Object.fromEntries([
        [0, () => gradientOfInput(dys, weights)],
        ...dys.map((dy, index) => [1 + index, () => gradientOfWeight(x!, dy)]),
        ...dys.map((dy, index) => [1 + dys.length + index, () => gradientOfBias(dy)]),
      ]);
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
  assertLinear(x, { weight, bias });
  const inputs = bias ? { x, weight, bias } : { x, weight };
  const [y] = activation ? runActivated(inputs, { activation, keepSlope: isRecording() }) : run(inputs, {});
  return y!;
}

/** What an affine map reads besides its input. */
export interface LinearMap {
  /** `[M, F]`. */
  readonly weight: Tensor2D;
  /** `[F]`. */
  readonly bias?: Tensor1D | undefined;
}

/**
 * Several affine maps of the same input: `x · Wᵢ + bᵢ`. The gradients of the input are added up in place.
 *
 * @param x - `[…, M]`.
 * @returns `[…, Fᵢ]` of each.
 * @throws {ShapeError} `linear/shapes`
 * @example const [query, key, value] = linears(x, [parameters.query, parameters.key, parameters.value]);
 */
export function linears(x: Tensor, maps: readonly LinearMap[]): Tensor[] {
  const count = maps.length;
  const biases = maps.flatMap(({ bias }) => bias ?? []);
  if (x.rank < 2 || count < 2 || biases.length % count > 0)
    return maps.map(({ weight, bias }) => linear(x, weight, bias));
  for (const map of maps) assertLinear(x, map);
  return runMany(asInputs([x, ...maps.map(({ weight }) => weight), ...biases]), { count });
}

function assertLinear(x: Tensor, { weight, bias }: LinearMap): void {
  assertShapes("linear/shapes", {
    x: [[x.size / (x.shape.at(-1) || 1), ...x.shape.slice(-1)], "_ M"],
    weight: [weight.shape, "M F"],
    ...(bias ? { bias: [bias.shape, "F"] } : {}),
  });
}
