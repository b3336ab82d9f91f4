import { assertShapes } from "@trivium/core";
import { isPacked, packedLinear, type Weight } from "../packed-weight.ts";
import { type Tensor, type Tensor1D, type Tensor2D, tf } from "../tf.ts";
import { type ActivationName, composedActivations, isRecording } from "./activation.ts";
import type { FusedInputs } from "./fused-kernel.ts";
import { fusedKernels } from "./fused-kernels.ts";
import { defineFusedOp, runFused } from "./fused-op.ts";

/** All leading axes as one: tfjs has no gradient for a product whose batch axes broadcast. */
const inRows = (x: Tensor): Tensor2D => (x.rank === 2 ? x : tf.reshape(x, [-1, x.shape.at(-1) as number])) as Tensor2D;

function composedLinear({ x, weight, bias }: FusedInputs<typeof fusedKernels.linear, Tensor>): Tensor {
  const rows = inRows(x);
  const b = weight as Tensor2D;
  const y = bias ? tf.fused.matMul({ a: rows, b, bias }) : tf.matMul(rows, b);
  return x.rank === 2 ? y : tf.reshape(y, [...x.shape.slice(0, -1), b.shape[1]]);
}

// Each gradient is computed only where it is asked for: a frozen weight costs nothing.

const gradientOfInput = (dys: readonly Tensor[], weights: readonly Tensor[]): Tensor =>
  runFused(fusedKernels.linearInputGradient, [...dys, ...weights], {})[0];

const gradientOfWeight = (x: Tensor, dy: Tensor): Tensor =>
  runFused(fusedKernels.linearWeightGradient, { x, dy }, {})[0];

const gradientOfBias = (dy: Tensor): Tensor => runFused(fusedKernels.columnSums, { x: dy }, {})[0];

const run = defineFusedOp(fusedKernels.linear, {
  composed: composedLinear,
  backward: ([dy], { x, weight }) => ({
    x: () => gradientOfInput([dy], [weight]),
    weight: () => gradientOfWeight(x, dy),
    bias: () => gradientOfBias(dy),
  }),
});

const runActivated = defineFusedOp(fusedKernels.linearActivation, {
  composed: (inputs, { activation }) => composedActivations[activation](composedLinear(inputs)),
  backward([dy], { x, weight, slope }) {
    const [dLinear, dBias] = runFused(fusedKernels.activationGradient, { dy, slope: slope! }, {});
    return {
      x: () => gradientOfInput([dLinear], [weight]),
      weight: () => gradientOfWeight(x, dLinear),
      bias: () => dBias,
    };
  },
});

const runMany = defineFusedOp(fusedKernels.linears, {
  composed([x, ...matrices], { count }) {
    const weights = matrices.slice(0, count);
    return weights.map((weight, index) => composedLinear({ x: x!, weight, bias: matrices[count + index] }));
  },
  backward(dys, [x, ...matrices]) {
    const weights = matrices.slice(0, dys.length);
    return Object.fromEntries([
      [0, () => gradientOfInput(dys, weights)],
      ...dys.map((dy, index) => [1 + index, () => gradientOfWeight(x!, dy)]),
      ...dys.map((dy, index) => [1 + dys.length + index, () => gradientOfBias(dy)]),
    ]);
  },
});

/** Options of `linear`. */
export interface LinearOptions {
  /** The activation of the result, applied in the pass that adds the bias. */
  readonly activation?: ActivationName | undefined;
}

/**
 * Maps the last axis by an affine function, with or without an activation: `f(x · W + b)`.
 *
 * @param x - `[…, M]`.
 * @param weight - `[M, F]`, or packed.
 * @param bias - `[F]`, or none.
 * @returns `[…, F]`.
 * @throws {ShapeError} `linear/shapes`
 */
export function linear(x: Tensor, weight: Weight, bias?: Tensor1D, options: LinearOptions = {}): Tensor {
  const { activation } = options;
  if (x.rank === 1) return tf.reshape(linear(inRows(x), weight, bias, options), [-1]);
  if (isPacked(weight)) return packedLinear(x, weight, { bias, ...options });
  assertLinear(x, { weight, bias });
  const inputs = { x, weight, bias };
  const [y] = activation ? runActivated(inputs, { activation, keepSlope: isRecording() }) : run(inputs, {});
  return y!;
}

/** The weight and the bias of an affine map. */
export interface LinearMap {
  /** `[M, F]`, or packed. */
  readonly weight: Weight;
  /** `[F]`. */
  readonly bias?: Tensor1D | undefined;
}

/**
 * Applies several affine maps to the same input: `x · Wᵢ + bᵢ`. The gradients of the input are added up in place.
 *
 * @param x - `[…, M]`.
 * @returns `[…, Fᵢ]` of each.
 * @throws {ShapeError} `linear/shapes`
 * @example const [query, key, value] = linears(x, [parameters.query, parameters.key, parameters.value]);
 */
export function linears(x: Tensor, maps: readonly LinearMap[]): Tensor[] {
  const count = maps.length;
  const biases = maps.flatMap(({ bias }) => bias ?? []);
  const weights = maps.flatMap(({ weight }) => (isPacked(weight) ? [] : weight));
  if (x.rank < 2 || count < 2 || biases.length % count > 0 || weights.length < count)
    return maps.map(({ weight, bias }) => linear(x, weight, bias));
  for (const [index, weight] of weights.entries()) assertLinear(x, { weight, bias: maps[index]?.bias });
  return runMany([x, ...weights, ...biases], { count });
}

interface PlainMap extends LinearMap {
  readonly weight: Tensor2D;
}

function assertLinear(x: Tensor, { weight, bias }: PlainMap): void {
  assertShapes("linear/shapes", {
    x: [[x.size / (x.shape.at(-1) || 1), ...x.shape.slice(-1)], "_ M"],
    weight: [weight.shape, "M F"],
    bias: bias && [bias.shape, "F"],
  });
}
